import { RedomaError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SnapshotList } from '../../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../../repository/snapshots/snapshot.ts'
import type { BrowsedEntry, BrowseSystem } from '../browse-system.ts'
import { chooseSnapshot, hostOf, sourceOf } from '../choose-snapshot.ts'
import type { ListSnapshots, RepositoryAccess } from '../restore-system.ts'
import { requireKnownRepository } from './known-repository.ts'
import { type ShownSnapshot, shownSnapshot } from './shown-snapshot.ts'

/** What lies in the repository of a destination, looked at a part at a time. */
export interface LookIntoSnapshots {
  /** All of them, and those that are damaged. @throws RedomaError `NOT_FOUND`, `REPOSITORY_EXCHANGED`, and those of opening */
  list(destination: string, signal: AbortSignal): Promise<SnapshotsThere>
  /** A part of a folder, by names; of anything else, the entry itself. @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, and those of opening */
  entries(destination: string, part: FolderPart, signal: AbortSignal): Promise<EntriesThere>
  /** What a pattern fits in one snapshot, or in many, the newest first. @throws RedomaError as `entries`; `USAGE` for no place where a search ended */
  find(destination: string, search: Search, signal: AbortSignal): Promise<FoundThere>
}

export interface SnapshotsThere {
  readonly snapshots: readonly ShownSnapshot[]
  readonly damaged: readonly { readonly id: string; readonly message: string }[]
}

export interface FolderPart {
  /** The beginning of its id. */
  readonly snapshot: string
  /** Absolute. */
  readonly path: string
  /** How many come before. */
  readonly after: number
  readonly limit: number
}

export interface EntriesThere {
  readonly entries: readonly BrowsedEntry[]
  readonly isMore: boolean
}

export interface Search {
  readonly pattern: string
  /** In this one alone, named by the beginning of its id. */
  readonly snapshot?: string | undefined
  readonly source?: string | undefined
  readonly host?: string | undefined
  /** Where the part before ended, as it was said there. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface FoundThere {
  readonly entries: readonly BrowsedEntry[]
  /** Where the next part begins, also where this one is empty; absent: all was looked at. */
  readonly next?: string | undefined
  /** What could not be looked at. */
  readonly problems: readonly { readonly path: string; readonly message: string }[]
}

export interface LookDeps {
  readonly clock: Clock
  /** @throws RedomaError `NOT_FOUND`, `DESTINATION_FORBIDDEN` */
  readonly repositoryAt: (
    destination: string,
  ) => Promise<RepositoryAccess & { readonly knownId?: string | undefined }>
  readonly listSnapshots: ListSnapshots
  readonly browse: BrowseSystem
}

/** Somebody waits, and asks for the next part: the time for one of them, and what fits into it where folders lie near. */
const searchMs = 5000
const mostLookedAt = 200_000
/** More tell nobody anything new. */
const problemsKept = 20

export function makeLookIntoSnapshots({
  clock,
  repositoryAt,
  listSnapshots,
  browse,
}: LookDeps): LookIntoSnapshots {
  return {
    async list(destination, signal) {
      const { knownId, ...access } = await repositoryAt(destination)
      const { snapshots, damaged, repositoryId } = await listSnapshots(access, signal)
      requireKnownRepository(destination, knownId, repositoryId)
      return {
        snapshots: snapshots.map(shownSnapshot),
        damaged: damaged.map(({ id, error: { message } }) => ({ id, message })),
      }
    },
    async entries(destination, { snapshot, path, after, limit }, signal) {
      const access = await repositoryAt(destination)
      const found: BrowsedEntry[] = []
      let number = 0
      for await (const entry of browse.list(access, { snapshot, path, recursive: false }, signal)) {
        number += 1
        if (number <= after) continue
        if (found.length === limit) return { entries: found, isMore: true }
        found.push(entry)
      }
      return { entries: found, isMore: false }
    },
    async find(destination, { pattern, snapshot, source, host, after, limit }, signal) {
      const { knownId, ...access } = await repositoryAt(destination)
      const from = after === undefined ? undefined : placeOf(after)
      const problems: { path: string; message: string }[] = []
      const what = {
        pattern,
        from,
        most: limit,
        goesOn: fewSeconds(clock),
        choose: (list: SnapshotList) => {
          if (snapshot !== undefined) return [chooseSnapshot(list, { snapshot })]
          const wanted = list.snapshots
            .filter((one) => source === undefined || sourceOf(one) === source)
            .filter((one) => host === undefined || hostOf(one) === host)
          return newestFirst(wanted, from)
        },
      }
      const on = {
        opened: (id: string) => {
          requireKnownRepository(destination, knownId, id)
        },
        problem: (problem: { path: string; message: string }) => {
          if (problems.length < problemsKept) problems.push(problem)
        },
      }
      const { entries, next } = await browse.findSome(access, what, on, signal)
      return {
        entries,
        problems,
        next: next && `${next.snapshot.timeNs}/${next.snapshot.id}/${next.reached.join('.')}`,
      }
    },
  }
}

/** Where a search ended. The snapshot may have been forgotten since: then it goes on with the next older one. */
interface Place {
  readonly timeNs: bigint
  readonly id: string
  readonly reached: readonly number[]
}

function newestFirst(snapshots: readonly StoredSnapshot[], place: Place | undefined): StoredSnapshot[] {
  return snapshots.filter((one) => place === undefined || compareAge(one, place) >= 0).toSorted(compareAge)
}

/** Two may be of one moment. */
function compareAge(a: Pick<Place, 'timeNs' | 'id'>, b: Pick<Place, 'timeNs' | 'id'>): number {
  if (a.timeNs === b.timeNs) return a.id < b.id ? -1 : a.id === b.id ? 0 : 1
  return a.timeNs > b.timeNs ? -1 : 1
}

/** @throws RedomaError `USAGE` */
function placeOf(text: string): Place {
  const [, time, id, numbers] =
    /^(-?\d{1,20})\/([0-9a-f]{64})\/(\d{1,9}(?:\.\d{1,9}){0,255})$/.exec(text) ?? []
  if (time === undefined || id === undefined || numbers === undefined)
    throw new RedomaError('USAGE', 'this is not where a search ended')
  return { timeNs: BigInt(time), id, reached: numbers.split('.').map(Number) }
}

function fewSeconds(clock: Clock): () => boolean {
  let until: number | undefined
  let looked = 0
  return () => {
    looked += 1
    const now = clock.now().getTime()
    until ??= now + searchMs
    return looked < mostLookedAt && now < until
  }
}
