import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ObjectName } from '../../src/ports/destination.ts'
import type { BlobId } from '../../src/repository/ids.ts'
import { tarSnapshot } from '../../src/repository/tar/tar-snapshot.ts'
import {
  aFile,
  aFolder,
  type HandmadeRepository,
  makeHandmadeRepository,
} from '../support/handmade-repository.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const mebibyte = 1024 * 1024

/** One blob in a pack of its own. */
async function alone(
  handmade: HandmadeRepository,
  write: () => BlobId,
): Promise<{ readonly blob: BlobId; readonly pack: ObjectName }> {
  await handmade.publish()
  const before = new Set(handmade.objects.keys())
  const blob = write()
  await handmade.publish()
  const [pack, ...others] = [...handmade.objects.keys()].filter(
    (name) => !before.has(name) && name.includes('/data/'),
  )
  if (pack === undefined || others.length > 0) throw new Error('not one pack')
  return { blob, pack }
}

/** As another program wrote it over: the length stays. */
function spoil({ objects }: HandmadeRepository, pack: ObjectName): void {
  objects.set(pack, new Uint8Array(objects.get(pack)?.length ?? 0))
}

/** What GNU tar makes of the snapshot of this tree, and what is told meanwhile. @throws when tar finds fault with it */
async function unpack(handmade: HandmadeRepository, tree: BlobId, target: string): Promise<string[]> {
  const told: string[] = []
  const snapshot = await handmade.snapshot(tree)
  const parts = tarSnapshot(
    handmade.repository,
    snapshot,
    '/',
    ({ path, message }) => told.push(`${path} ${message}`),
    signal,
  )
  const input = Buffer.concat(await Array.fromAsync(parts))
  mkdirSync(target)
  execFileSync('tar', ['--extract', '--file=-', `--directory=${target}`], { input })
  return told
}

describe('a tar of a snapshot of which something is lost', () => {
  test('leaves out the files of a missing pack, under all of their names, and has the others', async () => {
    await using folder = await temporaryFolder()
    const target = join(folder.path, 'target')
    const handmade = await makeHandmadeRepository()
    const lost = await alone(handmade, () => handmade.data('lost'))
    const unknown = '0'.repeat(64) as BlobId
    const whole = handmade.data('whole')
    const shared = { links: 2, inode: 5n, deviceId: 7n }
    const tree = handmade.tree([
      aFile('a', [whole], 5),
      { ...aFile('b', [whole, lost.blob], 9), ...shared },
      { ...aFile('c', [whole, lost.blob], 9), ...shared },
      aFile('d', [whole, unknown], 9),
      aFile('e', [whole, whole], 10),
    ])
    await handmade.publish()
    handmade.objects.delete(lost.pack)

    const told = await unpack(handmade, tree, target)

    expect(readdirSync(target).toSorted()).toEqual(['a', 'e'])
    expect(readFileSync(join(target, 'e'), 'utf8')).toBe('wholewhole')
    // What no index has is told as soon as it is listed.
    expect(told.toSorted()).toEqual([
      expect.stringMatching(/^\/b .*missing.*left out$/) as string,
      '/c is another name of /b, which is left out, and so is this',
      expect.stringMatching(/^\/d .*not in the repository.*left out$/) as string,
    ])
  })

  test('fills with zeros what is damaged in the middle of a large file, and tells of it once for each name', async () => {
    await using folder = await temporaryFolder()
    const target = join(folder.path, 'target')
    const handmade = await makeHandmadeRepository()
    const parts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(3 * mebibyte + 1))
    const chunks: Awaited<ReturnType<typeof alone>>[] = []
    for (const part of parts) chunks.push(await alone(handmade, () => handmade.data(part)))
    const content = chunks.map(({ blob }) => blob)
    const shared = { links: 2, inode: 5n, deviceId: 7n }
    const size = 4 * (3 * mebibyte + 1)
    const tree = handmade.tree([
      { ...aFile('large', content, size), ...shared },
      { ...aFile('large too', content, size), ...shared },
      aFile('next', [handmade.data('next')], 4),
    ])
    await handmade.publish()
    for (const { pack } of chunks.slice(1, 3)) spoil(handmade, pack)

    const told = await unpack(handmade, tree, target)

    const hole = '\0'.repeat(3 * mebibyte + 1)
    const large = readFileSync(join(target, 'large'), 'latin1')
    expect(large === [parts[0], hole, hole, parts[3]].join('')).toBe(true)
    expect(readFileSync(join(target, 'next'), 'utf8')).toBe('next')
    expect(statSync(join(target, 'large too')).ino).toBe(statSync(join(target, 'large')).ino)
    expect(told).toEqual([
      expect.stringMatching(/^\/large is not whole; zeros stand/) as string,
      '/large too is another name of /large, which is not whole',
    ])
  })

  test('has a folder that cannot be read without what was in it, and all beside it', async () => {
    await using folder = await temporaryFolder()
    const target = join(folder.path, 'target')
    const handmade = await makeHandmadeRepository()
    const below = await alone(handmade, () => handmade.tree([aFile('gone', [], 0)]))
    const whole = handmade.data('whole')
    const middle = handmade.tree([aFolder('b', below.blob), aFile('c', [whole], 5)])
    const tree = handmade.tree([aFolder('a', middle), aFile('z', [whole], 5)])
    await handmade.publish()
    spoil(handmade, below.pack)

    const told = await unpack(handmade, tree, target)

    expect(readdirSync(target, { recursive: true }).toSorted()).toEqual(['a', 'a/b', 'a/c', 'z'])
    expect(told).toEqual([expect.stringMatching(/^\/a\/b something in it is left out: the tree/) as string])
  })

  test('is none at all without its first folder', async () => {
    await using folder = await temporaryFolder()
    const handmade = await makeHandmadeRepository()
    const root = await alone(handmade, () => handmade.tree([]))
    spoil(handmade, root.pack)

    const unpacked = unpack(handmade, root.blob, join(folder.path, 'target'))

    await expect(unpacked).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' })
  })
})
