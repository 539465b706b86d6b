import { createHash } from 'node:crypto'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Destination, ObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { readInOrder } from '../../src/repository/browsing/read-in-order.ts'
import { textOfPath } from '../../src/repository/browsing/tree-entry.ts'
import { walkTree } from '../../src/repository/browsing/walk-tree.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { copySnapshots } from '../../src/repository/copying/copy-snapshots.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import { repairIndex } from '../../src/repository/repairing/repair-index.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { planRetention } from '../../src/repository/retention/plan-retention.ts'
import { removeSnapshots } from '../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../../src/repository/snapshots/snapshot.ts'
import type { TreeNode } from '../../src/repository/trees/node.ts'
import { makeReadTree } from '../../src/repository/trees/read-tree.ts'
import { initCheaply } from '../support/handmade-repository.ts'
import { aBackup, aRestore, placeOf } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const numRuns = process.env['SLOW'] === undefined ? 300 : 3_000
/** A slow machine tries fewer, rather than hold up the whole of CI. */
const interruptAfterTimeLimit = numRuns * 600
const signal = new AbortController().signal
const quiet = (): void => undefined

/** What is under a folder: by path, the type and content. */
type Content = ReadonlyMap<string, string>

/** A repository, and what it must hold. */
interface Side {
  readonly objects: Map<ObjectName, Uint8Array>
  readonly repository: Repository
  readonly model: Map<string, Content>
}

interface World {
  readonly source: string
  readonly scratch: string
  readonly sides: readonly [Side, Side]
  /** So that times of snapshots rise. */
  steps: number
}

const name = fc.integer({ min: 0, max: 5 })
const change = fc.record({
  act: fc.constantFrom('write', 'empty', 'remove', 'rename', 'hard link', 'symbolic link', 'folder'),
  name,
  other: name,
  seed: fc.integer({ min: 1, max: 12 }),
})
const failAt = fc.option(fc.integer({ min: 1, max: 24 }), { freq: 2, nil: undefined })
const failsAfter = fc.boolean()
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('backup' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 5 }),
      failAt,
      failsAfter,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('forget' as const), side: fc.nat(1), pick: fc.nat(9) }),
  },
  fc.record({
    kind: fc.constant('keep last' as const),
    side: fc.nat(1),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('prune' as const),
      side: fc.nat(1),
      maxUnused: fc.constantFrom(0, 5, 50, 100),
      maxRepackBytes: fc.constantFrom(0, 5_000, Infinity),
      failAt,
      failsAfter,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('copy' as const), from: fc.nat(1), failAt, failsAfter }),
  },
  fc.record({
    kind: fc.constant('repair index' as const),
    side: fc.nat(1),
    readAllPacks: fc.boolean(),
    failAt,
    failsAfter,
  }),
  fc.record({ kind: fc.constant('restore' as const), side: fc.nat(1), pick: fc.nat(9) }),
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never
type Fault = Pick<Extract<Command, { kind: 'backup' }>, 'failAt' | 'failsAfter'>

test(`whatever commands follow each other, each snapshot stays what it was, in up to ${numRuns} sequences`, async () => {
  const commands = fc.array(command, { minLength: 3, maxLength: 8 })
  await fc.assert(fc.asyncProperty(commands, runSequence), {
    numRuns,
    interruptAfterTimeLimit,
    endOnFailure: true,
  })
}, 3_000_000)

async function runSequence(commands: readonly Command[]): Promise<void> {
  await using folder = await temporaryFolder()
  const source = join(folder.path, 'source')
  mkdirSync(source)
  writeFileSync(join(source, 'always'), 'x')
  const world: World = { source, scratch: folder.path, sides: [await aSide(), await aSide()], steps: 0 }
  for (const one of commands) {
    world.steps += 1
    await carryOut(world, one)
  }
  for (const side of world.sides) await requireAsModelled(world, side)
}

async function aSide(): Promise<Side> {
  const objects = new Map<ObjectName, Uint8Array>()
  return { objects, repository: await initCheaply(placeOf(memoryDestination(objects))), model: new Map() }
}

async function carryOut(world: World, command: Command): Promise<void> {
  const [here] = world.sides
  switch (command.kind) {
    case 'backup':
      for (const one of command.changes) changeSource(world.source, one)
      return backUpSource(world, here, command)
    case 'forget': {
      const id = picked(side(world, command.side), command.pick)
      return id === undefined
        ? undefined
        : forget(side(world, command.side), (all) => all.filter((one) => one.id === id))
    }
    case 'keep last':
      return forget(side(world, command.side), (all) => beyondLast(all, command.count))
    case 'prune':
      return interruptibly(side(world, command.side), command, (repository) => prune(repository, command))
    case 'copy':
      return copy(side(world, command.from), side(world, 1 - command.from), command)
    case 'repair index':
      return interruptibly(side(world, command.side), command, (repository) =>
        whileLocked(
          repository,
          'exclusive',
          (stop) =>
            repairIndex(repository, { readAllPacks: command.readAllPacks, dryRun: false }, quiet, stop),
          signal,
        ),
      )
    case 'restore':
      return restoreOne(world, side(world, command.side), command.pick)
  }
}

function side(world: World, number: number): Side {
  return world.sides[number === 0 ? 0 : 1]
}

function picked({ model }: Side, pick: number): string | undefined {
  return [...model.keys()][pick % Math.max(1, model.size)]
}

function changeSource(source: string, { act, name, other, seed }: Change): void {
  const path = join(source, `name ${name}`)
  const from = join(source, `name ${other}`)
  const known = lstatSync(from, { throwIfNoEntry: false })
  if (path === from && (act === 'rename' || act === 'hard link')) return
  if (act === 'rename' && known === undefined) return
  if (act === 'hard link' && known?.isFile() !== true) return
  rmSync(path, { recursive: true, force: true })
  if (act === 'write') writeFileSync(path, seededBytes(seed, seed * 700))
  if (act === 'empty') writeFileSync(path, '')
  if (act === 'rename') renameSync(from, path)
  if (act === 'hard link') linkSync(from, path)
  if (act === 'symbolic link') symlinkSync(`to ${seed}`, path)
  if (act === 'folder') {
    mkdirSync(join(path, 'inner'), { recursive: true })
    writeFileSync(join(path, 'inner', `file ${seed}`), seededBytes(seed + 20, 900))
  }
}

/** A backup that failed may have made its snapshot, when the failure came after; then it must be whole. */
async function backUpSource(world: World, here: Side, fault: Fault): Promise<void> {
  const time = new Date(Date.UTC(2026, 2, 1) + world.steps * 3_600_000)
  const content = contentOfFolder(world.source)
  await interruptibly(here, fault, async (repository) => {
    const request = aBackup([world.source], { time, workers: 1 })
    const { snapshotId, problems } = await backUp(repository, request, quiet, signal)
    expect(problems).toEqual([])
    here.model.set(snapshotId, content)
  })
  for (const { id } of await listSnapshots(here.repository, signal)) {
    if (!here.model.has(id)) here.model.set(id, content)
  }
}

async function forget(here: Side, choose: (all: StoredSnapshot[]) => StoredSnapshot[]): Promise<void> {
  const going = choose(await listSnapshots(here.repository, signal)).map(({ id }) => id)
  const work = (stop: AbortSignal): Promise<void> => removeSnapshots(here.repository, going, stop)
  await whileLocked(here.repository, 'exclusive', work, signal)
  for (const id of going) here.model.delete(id)
}

function beyondLast(all: StoredSnapshot[], count: number): StoredSnapshot[] {
  const nowNs = BigInt(Date.UTC(2027, 0, 1)) * 1_000_000n
  const options = { nowNs, allowEmptied: false }
  const groups = all.length === 0 ? [] : [{ labels: [], snapshots: all }]
  const verdicts = planRetention(groups, [{ kind: 'last', count }], options).flatMap(
    (group) => group.verdicts,
  )
  expect(verdicts.filter(({ kind }) => kind === 'stays')).toHaveLength(Math.min(count, all.length))
  return verdicts.filter(({ kind }) => kind === 'goes').map(({ snapshot }) => snapshot)
}

async function prune(
  repository: Repository,
  { maxUnused, maxRepackBytes }: Extract<Command, { kind: 'prune' }>,
): Promise<void> {
  const options = { maxUnused: { kind: 'percent', percent: maxUnused }, maxRepackBytes } as const
  const work = async (stop: AbortSignal): Promise<void> => {
    const snapshots = await listSnapshots(repository, stop)
    const prepared = await preparePrune(repository, snapshots, options, quiet, stop)
    await carryOutPrune(repository, prepared, quiet, stop)
  }
  await whileLocked(repository, 'exclusive', work, signal)
}

async function copy(from: Side, to: Side, fault: Fault): Promise<void> {
  const all = await listSnapshots(from.repository, signal)
  const request = { snapshots: all.map(({ id }) => id), dryRun: false }
  await interruptibly(to, fault, async (repository) => {
    const { snapshots } = await copySnapshots(from.repository, repository, request, quiet, signal)
    expect(snapshots.map(({ kind }) => kind)).not.toContain('failed')
    for (const one of snapshots) if ('as' in one) to.model.set(one.as, contentIn(from, one.snapshot.id))
  })
  for (const { id, original } of await listSnapshots(to.repository, signal)) {
    if (to.model.has(id)) continue
    const origin = all.find((one) => (one.original ?? one.id) === original)
    to.model.set(id, contentIn(from, origin?.id ?? ''))
  }
}

function contentIn({ model }: Side, id: string): Content {
  const content = model.get(id)
  if (content === undefined) throw new Error(`nobody made the snapshot ${id}`)
  return content
}

async function restoreOne(world: World, here: Side, pick: number): Promise<void> {
  const id = picked(here, pick)
  if (id === undefined) return
  const target = join(world.scratch, `restored ${world.steps}`)
  const request = aRestore(target, { path: world.source, workers: 1 })
  const { problems } = await restore(here.repository, id, request, quiet, signal)
  expect(problems).toEqual([])
  expect(contentOfFolder(target)).toEqual(contentIn(here, id))
}

/** Work at a destination that fails from a call on, as one whose process dies does: what it was doing, it never finished. */
async function interruptibly(
  { repository, objects }: Side,
  { failAt, failsAfter }: Fault,
  work: (repository: Repository) => Promise<unknown>,
): Promise<void> {
  if (failAt === undefined) {
    await work(repository)
    return
  }
  const failure = new Error('the destination failed, as the test wanted')
  try {
    const destination = failingFrom(repository.destination, failAt, failsAfter, failure)
    await work({ ...repository, destination })
  } catch (error) {
    if (!isCausedBy(error, failure)) throw error
  }
  for (const name of objects.keys()) if (name.startsWith('locks/')) objects.delete(name)
}

function failingFrom(inner: Destination, failAt: number, failsAfter: boolean, failure: Error): Destination {
  let calls = 0
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    calls += 1
    if (calls < failAt || (calls === failAt && failsAfter)) await work()
    if (calls >= failAt) throw failure
  }
  return {
    ...inner,
    put: (name, body, stop) => guarded(() => inner.put(name, body, stop)),
    remove: (name, stop) => guarded(() => inner.remove(name, stop)),
    flush: (stop) => guarded(() => inner.flush(stop)),
  }
}

function isCausedBy(error: unknown, failure: Error): boolean {
  return error === failure || (error instanceof Error && isCausedBy(error.cause, failure))
}

async function requireAsModelled({ source }: World, { repository, model }: Side): Promise<void> {
  const snapshots = await listSnapshots(repository, signal)
  expect(snapshots.map(({ id }) => id).sort()).toEqual([...model.keys()].sort())
  for (const { id, tree } of snapshots) {
    expect(await contentOfTree(repository, tree, source)).toEqual(model.get(id))
  }
  const options = { readData: { kind: 'all' }, threads: 1 } as const
  const report = await checkRepository(repository, options, quiet, signal)
  expect(report.problems).toEqual([])
}

async function contentOfTree(
  repository: Repository,
  tree: StoredSnapshot['tree'],
  source: string,
): Promise<Content> {
  const index = await loadIndex(repository, signal)
  const content = new Map<string, string>()
  for await (const { path, node } of walkTree(makeReadTree(repository, index), tree, Buffer.of(), signal)) {
    const text = textOfPath(path)
    if (text.startsWith(`${source}/`)) content.set(text.slice(source.length), await described(node))
  }
  return content

  async function described(node: TreeNode): Promise<string> {
    if (node.type === 'symlink') return `link ${Buffer.from(node.linkTarget ?? []).toString()}`
    if (node.type !== 'file') return node.type
    const hash = createHash('sha256')
    for await (const piece of readInOrder(repository, index, wanted(node), signal))
      hash.update(piece.content ?? '')
    return `file ${hash.digest('hex')}`
  }
}

async function* wanted({
  content,
}: TreeNode): AsyncGenerator<{ item: undefined; blob: StoredSnapshot['tree'] }> {
  for (const blob of content ?? []) yield { item: undefined, blob }
}

function contentOfFolder(root: string): Content {
  const content = new Map<string, string>()
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    content.set(path.slice(root.length), describeEntry(path, entry))
  }
  return content
}

function describeEntry(path: string, entry: { isDirectory(): boolean; isSymbolicLink(): boolean }): string {
  if (entry.isSymbolicLink()) return `link ${readlinkSync(path)}`
  if (entry.isDirectory()) return 'dir'
  return `file ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
}
