import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { listTree } from '../../src/repository/browsing/list-tree.ts'
import { initRepository } from '../../src/repository/open.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { aBackup, aRestore, placeAt } from '../support/repositories.ts'
import { digestsOf } from '../support/same-files.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { writeIndexes } from '../support/write-indexes.ts'

const isSlow = process.env['SLOW'] !== undefined
const signal = new AbortController().signal
const quiet = (): void => undefined
const program = new URL('../support/load-index.ts', import.meta.url).pathname

/** Buffers for the index files that are fetched at once, and what V8 has not cleared away yet. */
const constantBytes = 120e6

test.each(isSlow ? [1_000_000, 10_000_000] : [1_000_000])(
  'an index of %i blobs is loaded into 64 bytes a blob, and what does not grow with it',
  async (blobs) => {
    await using folder = await temporaryFolder()
    await writeIndexes(await initRepository(placeAt(folder.path), signal), blobs, signal)

    const loaded = JSON.parse(
      execFileSync(process.execPath, [program, folder.path], { encoding: 'utf8' }),
    ) as {
      readonly grownBytes: number
    }

    expect(loaded).toMatchObject({ blobs, packs: blobs / 500 })
    expect(loaded.grownBytes).toBeLessThanOrEqual(64 * blobs + constantBytes)
  },
  isSlow ? 900_000 : 120_000,
)

const entries = isSlow ? 200_000 : 20_000

test(
  `a directory of ${entries} entries comes back as it was`,
  async () => {
    await using folder = await temporaryFolder()
    const [source, at, target] = ['source', 'repository', 'target'].map((name) =>
      join(folder.path, name),
    ) as [string, string, string]
    for (const path of [source, at]) mkdirSync(path)
    for (let n = 0; n < entries; n++) writeFileSync(join(source, `an-entry-of-many-${n}`), `${n}`)
    const repository = await initRepository(placeAt(at), signal)

    const { snapshotId } = await backUp(repository, aBackup([source]), quiet, signal)
    await restore(repository, snapshotId, aRestore(target, { path: source }), quiet, signal)

    expect(await digestsOf(target)).toEqual(await digestsOf(source))
    const [snapshot] = (await listSnapshots(repository, signal)).snapshots
    if (snapshot === undefined) throw new Error('no snapshot')
    const listing = listTree(repository, snapshot, { path: source, recursive: true }, signal)
    expect(await Array.fromAsync(listing, ({ path }) => path.length)).toHaveLength(entries)
  },
  isSlow ? 900_000 : 120_000,
)

test('a sparse file of 200 GB takes seconds, and next to no room', async () => {
  await using folder = await temporaryFolder()
  const [source, at, target] = ['source', 'repository', 'target'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [source, at]) mkdirSync(path)
  const bytes = 200e9
  const marks = [0, 5e9 + 12_345, 199e9]
  writeFileSync(join(source, 'disk'), '')
  truncateSync(join(source, 'disk'), bytes)
  writeMarks(join(source, 'disk'), marks)
  const repository = await initRepository(placeAt(at), signal)

  const { snapshotId } = await backUp(repository, aBackup([source]), quiet, signal)
  const result = await restore(repository, snapshotId, aRestore(target, { path: source }), quiet, signal)

  expect(result).toMatchObject({ files: 1, bytes, problems: [] })
  const { size, blocks } = statSync(join(target, 'disk'))
  expect(size).toBe(bytes)
  expect(blocks * 512).toBeLessThan(64e6)
  expect(readMarks(join(target, 'disk'), marks)).toEqual(marks.map(String))
}, 120_000)

function writeMarks(path: string, marks: readonly number[]): void {
  const fd = openSync(path, 'r+')
  for (const mark of marks) writeSync(fd, String(mark).padEnd(32), mark)
  closeSync(fd)
}

function readMarks(path: string, marks: readonly number[]): string[] {
  const fd = openSync(path, 'r')
  const texts = marks.map((mark) => {
    const text = Buffer.alloc(32)
    readSync(fd, text, 0, 32, mark)
    return text.toString().trim()
  })
  closeSync(fd)
  return texts
}
