import type { RunPart, SourceSpec } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { DatabaseSource } from '../ports/database.ts'
import type { Progress } from '../ports/progress.ts'
import type { BackupResult } from '../repository/archiving/request.ts'
import { whileLocked } from '../repository/locks/while-locked.ts'
import type { Repository } from '../repository/repository.ts'
import { failedPart } from './failed-part.ts'
import { type LockNotices, withWarnings } from './lock-notices.ts'
import { repositoryProgress } from './repository-progress.ts'
import { settle } from './settle.ts'
import type { Target } from './target.ts'

export interface BackUpSourcesDeps {
  readonly clock: Clock
  readonly hostname: string
  readonly username: string
  /** Of the snapshots, beside those by which sources are told. */
  readonly tags?: readonly string[] | undefined
}

/** A source as the engine is given it. */
export type SystemSource = FileSource | DumpedSource

export interface FileSource {
  readonly name: string
  readonly spec: Extract<SourceSpec, { kind: 'files' }>
  /** Absolute paths that are left out of it. */
  readonly excludePaths?: readonly string[]
  /** What is left out of it, and why. */
  readonly warnings?: readonly string[]
}

export interface DumpedSource extends DatabaseSource {
  readonly name: string
}

/** Where to, and what is known of it. */
export interface SystemBackup {
  readonly repository: Repository
  readonly target: Target
  /** Ids of the snapshots that this instance made. */
  readonly trusted: ReadonlySet<string>
  readonly notices: LockNotices
}

/** All of them under one lock; where that is lost, those that are left have another. */
export async function backUpSources(
  deps: BackUpSourcesDeps,
  backup: SystemBackup,
  sources: readonly SystemSource[],
  progress: Progress,
  signal: AbortSignal,
): Promise<RunPart[]> {
  const parts: RunPart[] = []
  const left = [...sources]
  const work = async (stop: AbortSignal): Promise<void> => {
    for (let source = left.shift(); source !== undefined; source = left.shift()) {
      const part = await backUpSource(deps, backup, source, progress, { signal, stop })
      const leftOut = 'spec' in source ? (source.warnings ?? []) : []
      parts.push(withWarnings(part, [...leftOut, ...backup.notices.given()]))
      if (stop.aborted) return
    }
  }
  while (left.length > 0) {
    const startedAt = deps.clock.now()
    const ended = await settle(() => whileLocked(backup.repository, 'shared', work, signal), signal)
    if (ended.kind === 'done') continue
    const { name: destination } = backup.target.record
    for (const { name: source } of left.splice(0)) {
      const place = { job: 'system', source, destination, startedAt } as const
      parts.push(failedPart(place, ended.error, deps.clock.now()))
    }
  }
  return parts
}

/** @param signals of the run, and of the lock besides */
async function backUpSource(
  deps: BackUpSourcesDeps,
  { repository, target, trusted }: SystemBackup,
  source: SystemSource,
  progress: Progress,
  { signal, stop }: { readonly signal: AbortSignal; readonly stop: AbortSignal },
): Promise<RunPart> {
  const startedAt = deps.clock.now()
  const place = { job: 'system', source: source.name, destination: target.record.name, startedAt } as const
  progress({ kind: 'step', title: `${source.name} to ${target.record.name}`, unit: 'bytes' })
  const about = {
    hostname: deps.hostname,
    username: deps.username,
    tags: ['redoma', `source:${source.name}`, ...(deps.tags ?? [])],
    time: startedAt,
  }
  const onEvent = repositoryProgress(progress)
  const backUp = async (): Promise<BackupResult> => {
    if ('spec' in source) {
      const { backUpLocked } = await loadEngine()
      return await backUpLocked(
        repository,
        {
          ...{ ...source.spec, ...about, trusted },
          excludePaths: source.excludePaths,
        },
        onEvent,
        stop,
      )
    }
    const { backUpStreamsLocked } = await import('../repository/archiving/back-up-streams.ts')
    const request = { ...about, folder: source.name, files: source.dumps(stop) }
    return await backUpStreamsLocked(repository, request, onEvent, stop)
  }
  const ended = await settle(backUp, signal)
  if (ended.kind === 'failed') return failedPart(place, ended.error, deps.clock.now())
  return { ...place, ...resultOf(ended.value), finishedAt: deps.clock.now() }
}

export function loadEngine(): Promise<typeof import('../repository/archiving/back-up.ts')> {
  return import('../repository/archiving/back-up.ts')
}

function resultOf(result: BackupResult): Pick<RunPart, 'outcome' | 'figures' | 'product'> {
  const warnings = result.problems.map(({ path, message }) => `${path}: ${message}`)
  return {
    outcome: warnings.length === 0 ? { kind: 'done' } : { kind: 'done-with-warnings', warnings },
    figures: {
      items: result.filesNew + result.filesChanged + result.filesUnmodified,
      itemsNew: result.filesNew + result.filesChanged,
      bytes: result.bytesProcessed,
      bytesStored: result.bytesAdded,
    },
    product: result.snapshotId,
  }
}
