import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import type { Overwrite } from '../../src/repository/restoring/request.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { compareDescriptions, describeTree, type TreeDescription } from '../support/compare-trees.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { aBackup, aRestore, placeAt, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { memoryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const numRuns = process.env['SLOW'] === undefined ? 10 : 300
/** Restoring over what is there is of restic 0.17 and later. */
const restic = newerProgram('restic')
const overwrites = ['always', 'if-changed', 'if-newer', 'never'] as const

/** What is in the snapshot: two folders of files of several sizes, a link, an empty folder. */
const files = ['a/small', 'a/large', 'a/b/deep', 'c/empty', 'c/other'] as const
const places = [...files, 'a/b', 'c', 'link', 'void'] as const

function makeSource(source: string): void {
  for (const folder of ['a/b', 'c', 'void']) mkdirSync(join(source, folder), { recursive: true })
  for (const [n, file] of files.entries()) {
    writeFileSync(join(source, file), seededBytes(n, [300, 2_500_000, 900, 0, 5000][n] ?? 0))
    utimesSync(join(source, file), 1_600_000_000 + n, 1_600_000_000 + n)
  }
  symlinkSync('a/small', join(source, 'link'))
  for (const folder of ['a/b', 'a', 'c', 'void'])
    utimesSync(join(source, folder), 1_600_000_100, 1_600_000_100)
}

/** What became of one place since. */
const changes = {
  'is gone': (path) => {
    rmSync(path, { recursive: true, force: true })
  },
  'is a file': (path) => {
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, 'another')
  },
  'is a newer file': (path) => {
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, 'newer')
    utimesSync(path, 1_700_000_000, 1_700_000_000)
  },
  'is an older file': (path) => {
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, 'older')
    utimesSync(path, 1_500_000_000, 1_500_000_000)
  },
  'is a link': (path) => {
    rmSync(path, { recursive: true, force: true })
    symlinkSync('/nowhere', path)
  },
  'is an empty folder': (path) => {
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path)
  },
  'is a full folder': (path) => {
    rmSync(path, { recursive: true, force: true })
    mkdirSync(join(path, 'more'), { recursive: true })
    writeFileSync(join(path, 'more', 'extra'), 'extra')
  },
  'has another mode': (path) => {
    if (!lstatSync(path).isSymbolicLink()) chmodSync(path, 0o700)
  },
  'is longer': (path) => {
    if (lstatSync(path).isFile()) appendFileSync(path, 'more')
  },
  'is shorter': (path) => {
    if (lstatSync(path).isFile()) truncateSync(path, lstatSync(path).size >> 1)
  },
  'is other at the same size and time': (path) => {
    const { mtime, size } = lstatSync(path)
    if (!lstatSync(path).isFile()) return
    writeFileSync(path, seededBytes(99, size))
    utimesSync(path, mtime, mtime)
  },
  'has a neighbour': (path) => {
    writeFileSync(`${path}-neighbour`, '')
  },
} satisfies Record<string, (path: string) => void>

type Change = keyof typeof changes

const anyChange = fc.record({
  place: fc.constantFrom(...places),
  change: fc.constantFrom(...(Object.keys(changes) as Change[])),
})

describe.skipIf(restic === undefined)('a restore over what has changed', () => {
  let backedUp: BackedUp
  beforeAll(async () => {
    backedUp = await aBackedUpSource()
    return () => backedUp.folder[Symbol.asyncDispose]()
  })

  test.each(overwrites.flatMap((overwrite) => [false, true].map((deletes) => ({ overwrite, deletes }))))(
    'leaves what stock restic leaves (--overwrite $overwrite, --delete $deletes)',
    async ({ overwrite, deletes }) => {
      const once = fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 6 }), async (changed) => {
        await compareOnce(backedUp, changed, overwrite, deletes)
      })
      await fc.assert(once, { numRuns })
    },
  )
})

interface BackedUp {
  readonly folder: Awaited<ReturnType<typeof memoryFolder>>
  readonly source: string
  readonly at: string
  readonly snapshotId: string
}

async function aBackedUpSource(): Promise<BackedUp> {
  const folder = await memoryFolder()
  const [source, at] = [join(folder.path, 'source'), join(folder.path, 'repository')]
  mkdirSync(source)
  mkdirSync(at)
  makeSource(source)
  using repository = await initRepository(placeAt(at), signal)
  const { snapshotId } = await backUp(repository, aBackup([source], { workers: 1 }), quiet, signal)
  return { folder, source, at, snapshotId }
}

async function compareOnce(
  { source, at, snapshotId }: BackedUp,
  changed: readonly { place: string; change: Change }[],
  overwrite: Overwrite,
  deletes: boolean,
): Promise<void> {
  const startedNs = BigInt(Date.now() - 1000) * 1_000_000n
  await using folder = await memoryFolder()
  const inOurs = join(folder.path, 'ours')
  const inTheirs = join(folder.path, 'theirs')
  execFileSync('cp', ['-a', source, inOurs])
  for (const { place, change } of changed) {
    const path = join(inOurs, place)
    if (!isToDiffer(place, change, overwrite, deletes) && isThere(path)) changes[change](path)
  }
  execFileSync('cp', ['-a', inOurs, inTheirs])

  const asked = { overwrite, deletes: deletes ? 'extra' : 'nothing', workers: 1 } as const
  using repository = await openRepository(placeAt(at), signal)
  await restore(repository, snapshotId, aRestore(inOurs, { path: source, ...asked }), quiet, signal)
  runRestic(at, `latest:${source}`, inTheirs, [
    ...['--overwrite', overwrite],
    ...(deletes ? ['--delete'] : []),
  ])

  const [ours, theirs] = [inOurs, inTheirs].map((root) => describedFrom(root, startedNs, overwrite))
  const differences = compareDescriptions(ours ?? new Map(), theirs ?? new Map())
  if (differences.length > 0) throw new Error(differences.join('\n'))
}

/** Where we do not want what stock restic does. */
function isToDiffer(place: string, change: Change, overwrite: Overwrite, deletes: boolean): boolean {
  const wasFolder = ['a/b', 'c', 'void'].includes(place)
  // It gives the folder that is in the way of a file the file's permissions, and leaves one in the way of a link.
  if (change === 'is a full folder') return !wasFolder && (!deletes || place === 'link')
  // `never` is of files alone for it: what is in the way of a folder goes, and a folder gets its permissions.
  return overwrite === 'never' && wasFolder && !['is gone', 'has a neighbour'].includes(change)
}

/** A change of what an earlier one took away is none. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/**
 * Without the root itself, and with all times of this test alike: one restore comes after the other. Where nothing is overwritten, a
 * folder keeps its time here, and gets that of the snapshot there.
 */
function describedFrom(root: string, startedNs: bigint, overwrite: Overwrite): TreeDescription {
  const isTimed = (line: string): boolean => overwrite !== 'never' || !line.startsWith('mode 40')
  const atOnce = (line: string): string =>
    line.replace(/modified (\d+)/, (text, ns: string) =>
      isTimed(line) && BigInt(ns) < startedNs ? text : 'modified meanwhile',
    )
  const lines = [...describeTree(root)].filter(([path]) => path !== '')
  return new Map(lines.map(([path, line]) => [path, atOnce(line)]))
}

function quiet(): void {
  return undefined
}

/** It exits with 1 where something was in the way. */
function runRestic(repository: string, snapshot: string, target: string, options: readonly string[]): void {
  try {
    execFileSync(
      restic ?? '',
      ['-r', repository, '--no-cache', '--no-lock', 'restore', snapshot, '--target', target, ...options],
      {
        env: { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' },
        stdio: 'ignore',
      },
    )
  } catch {
    // What it left is compared.
  }
}
