import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { type ObjectName, parseObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { parseObjectId } from '../../src/repository/ids.ts'
import { readIndexFiles } from '../../src/repository/index/read-index-files.ts'
import { readUnpacked } from '../../src/repository/objects.ts'
import { initRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { aBackup, placeOf } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const json = Buffer.from(`{"time":"2030-01-01T00:00:00Z","tree":"${'0'.repeat(64)}","paths":["/"]}`)

/** What an attacker writes into a file of a source: the plain content of a file of the repository. */
const contents = {
  'compressed JSON': Buffer.concat([Buffer.of(2), zstdCompressSync(json)]),
  JSON: json,
  'short JSON': Buffer.from('{}'),
}

test.each(Object.entries(contents))(
  'a blob that was made of a file with %s, and cut out of its pack, is no file of the repository',
  async (_what, content) => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    await mkdir(source)
    await writeFile(join(source, 'file'), content)
    const objects = new Map<ObjectName, Uint8Array>()
    const repository = await initRepository(placeOf(memoryDestination(objects)), signal)
    await backUp(repository, aBackup([source]), () => undefined, signal)

    const sealed = await sealedBlobOf(repository, objects, sha256(content))
    const id = parseObjectId(sha256(sealed))
    objects.set(parseObjectName(`snapshots/${id}`), sealed)

    await expect(readUnpacked(repository, 'snapshots', id, signal)).rejects.toMatchObject({
      cause: { message: 'a file of the repository is neither JSON nor compressed JSON' },
    })
  },
)

async function sealedBlobOf(
  repository: Repository,
  objects: ReadonlyMap<ObjectName, Uint8Array>,
  id: string,
): Promise<Uint8Array> {
  const indexes = [...objects.keys()].filter((name) => name.startsWith('index/')).map((name) => name.slice(6))
  for await (const { packs } of readIndexFiles(repository, indexes.map(parseObjectId), signal)) {
    for (const pack of packs) {
      const blob = pack.blobs.find((one) => String(one.id) === id)
      if (blob === undefined) continue
      const bytes = objects.get(parseObjectName(`data/${pack.id.slice(0, 2)}/${pack.id}`))
      if (bytes !== undefined) return bytes.slice(blob.offset, blob.offset + blob.length)
    }
  }
  throw new Error('the blob is in no pack')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
