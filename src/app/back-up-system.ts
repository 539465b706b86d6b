import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { FileCalls } from '../crypto/file-calls.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Catalogue, DestinationRecord, RunPart } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { DatabaseSource, DatabaseSpec } from '../ports/database.ts'
import type { CollectEnvironment } from '../ports/environment.ts'
import type { Log } from '../ports/log.ts'
import type { Progress } from '../ports/progress.ts'
import type { Locking } from '../repository/locks/locking.ts'
import { initRepository } from '../repository/open.ts'
import type { Repository } from '../repository/repository.ts'
import { backUpSources, type FileSource, loadEngine, type SystemSource } from './back-up-sources.ts'
import { catchUp } from './catch-up.ts'
import type { BackUp } from './create-backup.ts'
import { failedPart } from './failed-part.ts'
import { lockNotices, withWarnings } from './lock-notices.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import { polynomialOfAnother } from './polynomial-of-another.ts'
import type { PrivateFolders } from './private-folders.ts'
import { settle } from './settle.ts'
import { instanceSource, stageInstance } from './stage-instance.ts'
import { systemSources } from './system-sources.ts'
import type { Target } from './target.ts'
import type { WhileLeased } from './while-leased.ts'
import { readableOnes } from './write-only.ts'

export interface BackUpSystemDeps extends PrivateFolders {
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly collectEnvironment: CollectEnvironment
  readonly databaseSource: (spec: DatabaseSpec) => DatabaseSource
  readonly whileLeased: WhileLeased
  readonly reach: (record: DestinationRecord) => Promise<Target>
  readonly locking?: Partial<Locking> | undefined
  readonly hostname: string
  readonly username: string
  /** Of the snapshots, beside those by which sources are told. */
  readonly tags?: readonly string[] | undefined
  /** Names of the sources that it is limited to, the instance's own among them; all when empty. */
  readonly only?: readonly string[] | undefined
}

/**
 * One snapshot for each source of files or of a database, and one of the instance itself: a consistent copy of the catalogue, and the
 * facts of the environment. The repository is made at the first backup to a destination. One that is only written to can have none,
 * and is left out; where the run has no other, its parts fail.
 */
export function makeBackUpSystem(deps: BackUpSystemDeps): BackUp {
  const { only = [] } = deps
  const isMeant = (name: string): boolean => only.length === 0 || only.includes(name)
  return async (_run, targets, progress, signal) => {
    const startedAt = deps.clock.now()
    const staged = isMeant(instanceSource) ? await settle(() => stageInstance(deps), signal) : undefined
    await using stage = staged?.kind === 'done' ? staged.value : undefined
    const own = stage === undefined ? [] : [{ name: instanceSource, spec: filesSpec([stage.path]) }]
    const { usable, refused } = await systemSources(deps, isMeant, signal)
    // A full disk of the instance's own must not keep what else there is from being backed up.
    if (staged?.kind === 'failed') refused.push({ name: instanceSource, error: staged.error })
    const parts: RunPart[] = []
    for (const target of readableOnes(targets)) {
      parts.push(...(await backUpTo(deps, target, [...usable, ...own], progress, signal)))
      for (const { name: source, error } of refused) {
        const place = { job: 'system', source, destination: target.record.name, startedAt } as const
        parts.push(failedPart(place, error, deps.clock.now()))
      }
    }
    return parts
  }
}

function filesSpec(paths: readonly string[]): FileSource['spec'] {
  return { kind: 'files', paths, exclude: [], excludeCaches: false, oneFileSystem: false }
}

async function backUpTo(
  deps: BackUpSystemDeps,
  target: Target,
  sources: readonly SystemSource[],
  progress: Progress,
  signal: AbortSignal,
): Promise<RunPart[]> {
  const { clock } = deps
  const startedAt = clock.now()
  const backingUp = (lease: string): Promise<RunPart[]> =>
    backUpUnderLease(deps, target, { sources, lease }, progress, signal)
  const ended = await settle(
    () => deps.whileLeased(target.record, 'backup', backingUp, progress, signal),
    signal,
  )
  if (ended.kind === 'done') return ended.value
  return sources.map((source) => {
    const place = { job: 'system', source: source.name, destination: target.record.name, startedAt } as const
    return failedPart(place, ended.error, clock.now())
  })
}

async function backUpUnderLease(
  deps: BackUpSystemDeps,
  target: Target,
  { sources, lease }: { readonly sources: readonly SystemSource[]; readonly lease: string },
  progress: Progress,
  signal: AbortSignal,
): Promise<RunPart[]> {
  const notices = lockNotices(deps, target, progress)
  const locking = { ...deps.locking, lease, onNotice: notices.take }
  const opening = openOrInit(deps, target, locking, signal)
  // While the key is derived.
  await loadEngine()
  using repository = await opening
  await rememberRepository(deps, target, repository)
  // Others who share the repository can write a snapshot under the name of this host.
  const trusted = await deps.catalogue.runs.madeSnapshots()
  const parts = await backUpSources(deps, { repository, target, trusted, notices }, sources, progress, signal)
  // The lease is of this destination alone.
  const elsewhere = { ...deps, locking: { ...deps.locking, onNotice: notices.take } }
  const missed = await catchUp(elsewhere, target, repository, progress, signal)
  const [first, ...rest] = parts
  return first === undefined ? [] : [withWarnings(first, [...notices.given(), ...missed]), ...rest]
}

/** Its key too: others may have added so many that it would not be among those that are tried. */
async function rememberRepository(
  { catalogue }: BackUpSystemDeps,
  { record }: Target,
  { config, keyId }: Repository,
): Promise<void> {
  if (record.repositoryId === config.id && record.repositoryKey === keyId) return
  await catalogue.destinations.rememberRepository(record.id, { id: config.id, key: keyId })
}

async function openOrInit(
  deps: BackUpSystemDeps,
  target: Target,
  locking: Partial<Locking>,
  signal: AbortSignal,
): Promise<Repository> {
  try {
    return await openRepositoryOf(deps, target, locking, signal)
  } catch (error) {
    if (!isRedomaError(error, 'REPOSITORY_MISSING')) throw error
    await refuseLostRepository(deps, target, error)
    const { clock, primitives, fileCalls } = deps
    const place = { ...target.repository, clock, primitives, fileCalls, locking }
    return await initRepository(place, signal, await polynomialOfAnother(deps, target, signal))
  }
}

/**
 * A repository that was there and is not any more is a share that is not mounted, or a loss: making a new one in its
 * place would hide either. One of others is known from the beginning, and never made here.
 */
async function refuseLostRepository(
  { catalogue }: BackUpSystemDeps,
  { record }: Target,
  cause: unknown,
): Promise<void> {
  const [made] = await catalogue.runs.newestSnapshots(record, new Set())
  if (made === undefined && record.repositoryId === undefined) return
  const had = made === undefined ? '' : `; run ${made.run} had it`
  throw new RedomaError('REPOSITORY_MISSING', `the repository at ${record.name} is gone${had}`, {
    hint: `Is the destination mounted? If it was emptied on purpose, remove it and add it again.`,
    cause,
  })
}
