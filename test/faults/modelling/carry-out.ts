import { join } from 'node:path'
import { expect } from 'vitest'
import { backUp } from '../../../src/repository/archiving/back-up.ts'
import { copySnapshots } from '../../../src/repository/copying/copy-snapshots.ts'
import { whileLocked } from '../../../src/repository/locks/while-locked.ts'
import { carryOutPrune } from '../../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../../src/repository/pruning/prepare-prune.ts'
import { repairIndex } from '../../../src/repository/repairing/repair-index.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { restore } from '../../../src/repository/restoring/restore.ts'
import { planRetention } from '../../../src/repository/retention/plan-retention.ts'
import { removeSnapshots } from '../../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../../src/repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../../../src/repository/snapshots/snapshot.ts'
import { aBackup, aRestore } from '../../support/repositories.ts'
import type { Command, Fault } from './commands.ts'
import { changeSource, contentOfFolder } from './content.ts'
import { letResticWork } from './stock-restic-too.ts'
import { contentIn, interruptibly, picked, type Side, side, type World } from './world.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined

export async function carryOut(world: World, command: Command): Promise<void> {
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
    case 'keep by rules':
      return forget(side(world, command.side), (all) => beyondRules(all, command.rules))
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
    case 'stock restic':
      return letResticWork(world, here, command)
    case 'restore':
      return restoreOne(world, side(world, command.side), command)
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
  for (const { id } of (await listSnapshots(here.repository, signal)).snapshots) {
    if (!here.model.has(id)) here.model.set(id, content)
  }
}

type Rules = Extract<Command, { kind: 'keep by rules' }>['rules']

async function forget(
  here: Side,
  choose: (all: readonly StoredSnapshot[]) => StoredSnapshot[],
): Promise<void> {
  const going = choose((await listSnapshots(here.repository, signal)).snapshots).map(({ id }) => id)
  const work = (stop: AbortSignal): Promise<void> => removeSnapshots(here.repository, going, stop)
  await whileLocked(here.repository, 'exclusive', work, signal)
  for (const id of going) here.model.delete(id)
}

function beyondRules(all: readonly StoredSnapshot[], rules: Rules): StoredSnapshot[] {
  const nowNs = BigInt(Date.UTC(2027, 0, 1)) * 1_000_000n
  const options = { nowNs, allowEmptied: false }
  const groups = all.length === 0 ? [] : [{ labels: [], snapshots: all }]
  const verdicts = planRetention(groups, rules, options).flatMap((group) => group.verdicts)
  // Whatever the rules are, each keeps the newest, and no more than it counts.
  const staying = verdicts.filter(({ kind }) => kind === 'stays')
  const most = rules.reduce((sum, { count }) => sum + count, 0)
  expect(staying.length).toBeGreaterThanOrEqual(Math.min(1, all.length))
  expect(staying.length).toBeLessThanOrEqual(most)
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
  const all = (await listSnapshots(from.repository, signal)).snapshots
  const request = { snapshots: all.map(({ id }) => id), dryRun: false }
  await interruptibly(to, fault, async (repository) => {
    const { snapshots } = await copySnapshots(from.repository, repository, request, quiet, signal)
    expect(snapshots.map(({ kind }) => kind)).not.toContain('failed')
    for (const one of snapshots) if ('as' in one) to.model.set(one.as, contentIn(from, one.snapshot.id))
  })
  for (const { id, original } of (await listSnapshots(to.repository, signal)).snapshots) {
    if (to.model.has(id)) continue
    const origin = all.find((one) => (one.original ?? one.id) === original)
    to.model.set(id, contentIn(from, origin?.id ?? ''))
  }
}

/** Into a folder of its own, or over what another restore has left there, which then becomes equal to the snapshot. */
async function restoreOne(
  world: World,
  here: Side,
  { pick, inPlace }: Extract<Command, { kind: 'restore' }>,
): Promise<void> {
  const id = picked(here, pick)
  if (id === undefined) return
  const target = join(world.folder, inPlace ? 'restored' : `restored ${world.steps}`)
  const request = aRestore(target, {
    path: world.source,
    deletes: inPlace ? 'extra' : 'nothing',
    workers: 1,
  })
  const { problems } = await restore(here.repository, id, request, quiet, signal)
  expect(problems).toEqual([])
  expect(contentOfFolder(target)).toEqual(contentIn(here, id))
}
