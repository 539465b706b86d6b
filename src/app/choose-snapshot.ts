import { messageOf, RedomaError } from '../core/errors.ts'
import type { DamagedSnapshot, SnapshotList } from '../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { instanceSource } from './stage-instance.ts'

/** Which snapshot is meant. */
export interface SnapshotChoice {
  /** `latest`, or the beginning of an id. */
  readonly snapshot: string
  /** Only of this source. */
  readonly source?: string | undefined
  /** Whose `latest` is meant; where it is not said, that of the only host there is. An id says itself which snapshot is meant. */
  readonly host?: string | undefined
}

const shortestId = 4

/**
 * The one snapshot that is meant. With `latest`, whoever asks must tell of those that are damaged: each may be a later one.
 *
 * @throws RedomaError `NOT_FOUND`; `AMBIGUOUS` when several ids begin so, or `latest` could be of several sources or hosts;
 * `REPOSITORY_DAMAGED` when it is there and cannot be read
 */
export function chooseSnapshot(list: SnapshotList, choice: SnapshotChoice): StoredSnapshot {
  const found = chooseAnySnapshot(list, choice)
  if ('error' in found) throw damaged(found)
  return found
}

/** As `chooseSnapshot`; one that is damaged can be meant, too, by its id. */
export function chooseAnySnapshot(
  list: SnapshotList,
  choice: SnapshotChoice,
): StoredSnapshot | DamagedSnapshot {
  const { source } = choice
  const eligible = list.snapshots.filter((one) => source === undefined || sourceOf(one) === source)
  if (choice.snapshot === 'latest') return latest(eligible, list.damaged, choice)
  return byId([...eligible, ...list.damaged], choice)
}

/** The source that a snapshot is of: its tag, or its paths where another program made it. */
export function sourceOf(snapshot: StoredSnapshot): string {
  const tag = snapshot.tags?.find((one) => one.startsWith('source:'))
  return tag === undefined ? snapshot.paths.join(' ') : tag.slice('source:'.length)
}

/** The host that a snapshot is of; `''` where it does not say. */
export function hostOf({ hostname = '' }: StoredSnapshot): string {
  return hostname
}

function latest(
  snapshots: readonly StoredSnapshot[],
  [anyDamaged]: readonly DamagedSnapshot[],
  choice: SnapshotChoice,
): StoredSnapshot {
  const { host } = choice
  const newest = newestBySource(snapshots.filter((one) => host === undefined || hostOf(one) === host))
  // The instance's own snapshot is rarely meant, and never when there is another.
  if (newest.size > 1) newest.delete(instanceSource)
  const [found, ...others] = newest.values()
  if (found === undefined) {
    if (anyDamaged !== undefined) throw damaged(anyDamaged)
    throw noneOf(snapshots, choice)
  }
  if (others.length > 0) {
    throw new RedomaError('AMBIGUOUS', `latest could be of ${[...newest.keys()].join(', ')}`, {
      hint: 'Say which: --source NAME',
    })
  }
  if (host === undefined) requireOneHost(snapshots.filter((one) => sourceOf(one) === sourceOf(found)))
  return found
}

/** Whose is meant, nobody can guess: what another host backed up is not to be restored for the newest of this one. */
function requireOneHost(snapshots: readonly StoredSnapshot[]): void {
  const hosts = [...new Set(snapshots.map(hostOf))].toSorted()
  if (hosts.length < 2) return
  const names = hosts.map((one) => one || '(none)').join(', ')
  throw new RedomaError('AMBIGUOUS', `latest could be of the hosts ${names}`, {
    hint: 'Say whose: --host NAME',
  })
}

/** A host that was renamed, or has never backed up: those that have are named. */
function noneOf(snapshots: readonly StoredSnapshot[], { source, host }: SnapshotChoice): RedomaError {
  const what = `there is no snapshot${source === undefined ? '' : ` of ${source}`}`
  const hosts = [...new Set(snapshots.map(hostOf))].toSorted()
  if (host === undefined || hosts.length === 0)
    return new RedomaError('NOT_FOUND', what, { hint: 'redoma backup snapshots lists what there is.' })
  const there = hosts.map((one) => one || '(none)').join(', ')
  return new RedomaError('NOT_FOUND', `${what} of the host ${host}; there are of ${there}`, {
    hint: 'Say whose: --host NAME. If this host was renamed, REDOMA_HOST=NAME gives it its former name.',
  })
}

function newestBySource(snapshots: readonly StoredSnapshot[]): Map<string, StoredSnapshot> {
  const newest = new Map<string, StoredSnapshot>()
  for (const snapshot of snapshots) {
    const other = newest.get(sourceOf(snapshot))
    if (other === undefined || other.timeNs < snapshot.timeNs) newest.set(sourceOf(snapshot), snapshot)
  }
  return newest
}

function byId<T extends { readonly id: string }>(
  snapshots: readonly T[],
  { snapshot: beginning }: SnapshotChoice,
): T {
  if (!/^[0-9a-f]{4,64}$/.test(beginning)) {
    throw new RedomaError('USAGE', `${JSON.stringify(beginning)} is no snapshot`, {
      hint: `Give latest, or at least ${shortestId} hex digits of an id: redoma backup snapshots`,
    })
  }
  const [found, ...others] = snapshots.filter(({ id }) => id.startsWith(beginning))
  if (found === undefined) {
    throw new RedomaError('NOT_FOUND', `there is no snapshot ${beginning}`, {
      hint: 'redoma backup snapshots lists what there is.',
    })
  }
  if (others.length > 0) {
    throw new RedomaError('AMBIGUOUS', `${others.length + 1} snapshots begin with ${beginning}`, {
      hint: 'Give more digits of the id.',
    })
  }
  return found
}

function damaged({ id, error }: DamagedSnapshot): RedomaError {
  return new RedomaError(
    'REPOSITORY_DAMAGED',
    `snapshots/${id} is damaged: ${messageOf(error.cause ?? error)}`,
    {
      hint: 'The others can be had: redoma backup snapshots. Is there a copy of it at another destination?',
      cause: error,
    },
  )
}
