import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { backUpStreamsLocked, type StreamedFile } from '../../src/repository/archiving/back-up-streams.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { findNode } from '../../src/repository/browsing/find-node.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { openRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { makeReadTree } from '../../src/repository/trees/read-tree.ts'
import { initCheaply } from '../support/handmade-repository.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, placeAt, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { stockRestic } from '../support/stock-restic.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const MiB = 1024 * 1024

describe.skipIf(programMissing('restic'))('what programs print', () => {
  test('is a snapshot for stock restic, byte for byte, whatever pieces it came in', async () => {
    await using folder = await temporaryFolder()
    const at = await aRepository(folder.path)
    const contents = new Map([
      ['b.dump', seededBytes(1, 23 * MiB + 5)],
      ['ä.sql', seededBytes(2, 1000)],
      ['a.dump', new Uint8Array(9 * MiB)],
      ['empty', new Uint8Array(0)],
    ])

    using repository = await openRepository(placeAt(at), signal)
    const result = await streamed(repository, inPieces(contents))

    expect(result).toMatchObject({ filesNew: 4, problems: [] })
    expect(await stockRestic(at, ['check', '--read-data'])).toContain('no errors were found')
    for (const [name, bytes] of contents) {
      const words = ['-r', at, '--no-cache', 'dump', 'latest', `/db/${name}`]
      const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: testPassword }
      const dumped = execFileSync('restic', words, { env, maxBuffer: 64 * MiB })
      expect(dumped.equals(bytes), name).toBe(true)
    }
  }, 60_000)

  test('is cut as files are: what a file had stored already is not stored again', async () => {
    await using folder = await temporaryFolder()
    const at = await aRepository(folder.path)
    const bytes = seededBytes(7, 12 * MiB)
    const file = join(folder.path, 'file')
    writeFileSync(file, bytes)
    using repository = await openRepository(placeAt(at), signal)
    const before = await backUp(repository, aBackup([file]), quiet, signal)

    const result = await streamed(repository, inPieces(new Map([['file', bytes]])))

    expect(before.bytesAdded).toBeGreaterThan(bytes.length)
    expect(result.bytesAdded).toBeLessThan(4096)
    const [ofFile, ofStream] = await Promise.all([
      contentOf(repository, before.tree, file),
      contentOf(repository, result.tree, '/db/file'),
    ])
    expect(ofStream).toEqual(ofFile)
  })

  test('and says which snapshots are damaged, as every backup does', async () => {
    await using folder = await temporaryFolder()
    const at = await aRepository(folder.path)
    using repository = await openRepository(placeAt(at), signal)
    const content = new Map([['a.dump', seededBytes(4, 1000)]])
    const { snapshotId } = await streamed(repository, inPieces(content))
    await rm(join(at, 'snapshots', snapshotId))
    writeFileSync(join(at, 'snapshots', snapshotId), 'damaged')

    const { problems } = await streamed(repository, inPieces(content))

    expect(problems).toMatchObject([{ path: `snapshots/${snapshotId}` }])
  })

  test('and fails half-way is no snapshot, and what was stored of it helps the next time', async () => {
    await using folder = await temporaryFolder()
    const at = await aRepository(folder.path)
    const bytes = seededBytes(3, 40 * MiB)
    using repository = await openRepository(placeAt(at), signal)
    const failing: StreamedFile = {
      name: 'a.dump',
      async *open() {
        yield bytes.subarray(0, 39 * MiB)
        throw new Error('the server closed the connection')
      },
    }

    await expect(streamed(repository, [failing])).rejects.toThrow('the server closed the connection')

    expect((await listSnapshots(repository, signal)).snapshots).toEqual([])
    const again = await streamed(repository, inPieces(new Map([['a.dump', bytes]])))
    expect(again.bytesAdded).toBeLessThan(30 * MiB)
    expect(await stockRestic(at, ['check', '--read-data'])).toContain('no errors were found')
  }, 60_000)
})

async function aRepository(folder: string): Promise<string> {
  const at = join(folder, 'repository')
  await mkdir(at)
  await initCheaply(placeAt(at))
  return at
}

function streamed(repository: Repository, files: readonly StreamedFile[]) {
  const request = { hostname: 'test', username: 'tester', tags: [], time: new Date(), folder: 'db' }
  return whileLocked(
    repository,
    'shared',
    (stop) => backUpStreamsLocked(repository, { ...request, files: given(files) }, quiet, stop),
    signal,
  )
}

async function* given(files: readonly StreamedFile[]): AsyncGenerator<StreamedFile> {
  yield* files
}

function inPieces(contents: ReadonlyMap<string, Uint8Array>): StreamedFile[] {
  const random = seededRandom(11)
  return [...contents].map(([name, bytes]) => ({
    name,
    async *open() {
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + random(3 * MiB)
        yield bytes.subarray(at, at + length)
        at += length
      }
    },
  }))
}

async function contentOf(repository: Repository, tree: string, path: string): Promise<unknown> {
  const readTree = makeReadTree(repository, await loadIndex(repository, signal))
  const node = await findNode(readTree, tree as Parameters<typeof findNode>[1], Buffer.from(path), signal)
  return node?.content
}
