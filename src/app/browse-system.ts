import { type Difference, diffSnapshots } from '../repository/browsing/diff-snapshots.ts'
import { findEntries } from '../repository/browsing/find-entries.ts'
import { findSome } from '../repository/browsing/find-some.ts'
import { listTree } from '../repository/browsing/list-tree.ts'
import { readFileContent } from '../repository/browsing/read-file-content.ts'
import { type TreeEntry, textOfPath } from '../repository/browsing/tree-entry.ts'
import type { Reached } from '../repository/browsing/walk-from.ts'
import { lockToRead } from '../repository/locks/lock-to-read.ts'
import { openRepository } from '../repository/open.ts'
import type { FileProblem, Repository } from '../repository/repository.ts'
import { listSnapshots, type SnapshotList } from '../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { tarSnapshot } from '../repository/tar/tar-snapshot.ts'
import type { TreeNode } from '../repository/trees/node.ts'
import { chooseSnapshot, hostOf, type SnapshotChoice } from './choose-snapshot.ts'
import { leftOut } from './damaged-snapshot.ts'
import type { RepositoryAccess, SystemRepositoryDeps } from './restore-system.ts'

/** Something in a snapshot. */
export interface BrowsedEntry {
  readonly snapshot: string
  /** For people: bytes that are not UTF-8 show as U+FFFD. */
  readonly path: string
  readonly type: string
  readonly bytes?: number | undefined
  readonly modifiedAt: Date
}

/** What differs of one path between two snapshots. */
export interface BrowsedDifference {
  readonly change: Difference['kind']
  readonly path: string
  /** Of what is there after, or was before. */
  readonly type: string
  readonly bytesBefore?: number | undefined
  readonly bytesAfter?: number | undefined
}

/** What is told before what is found. */
export interface FindEvents {
  /** Which repository it is: `config.id`. */
  opened(repositoryId: string): void
  /** A snapshot that is damaged, and left out. */
  problem(problem: FileProblem): void
}

/** A part of a search: in which snapshots, from where, and how far. */
export interface FindSome {
  readonly pattern: string
  /** Those to be looked at, in this order. */
  readonly choose: (list: SnapshotList) => readonly StoredSnapshot[]
  readonly from?: { readonly id: string; readonly reached: Reached } | undefined
  readonly most: number
  readonly goesOn: () => boolean
}

/** What it found, and where the next part begins. */
export interface FoundSome {
  readonly entries: readonly BrowsedEntry[]
  readonly next?: { readonly snapshot: StoredSnapshot; readonly reached: Reached } | undefined
}

export interface BrowseSystem {
  /** What is in a folder of a snapshot. @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, and those of opening */
  list(
    access: RepositoryAccess,
    choice: SnapshotChoice & { readonly path: string; readonly recursive: boolean },
    signal: AbortSignal,
  ): AsyncIterable<BrowsedEntry>
  /** What a pattern fits, in every snapshot, or every one of a host. */
  find(
    access: RepositoryAccess,
    what: { readonly pattern: string; readonly host?: string | undefined },
    on: FindEvents,
    signal: AbortSignal,
  ): AsyncIterable<BrowsedEntry>
  /** The same, a part at a time; what is damaged in a snapshot is passed over, and told of, too. */
  findSome(access: RepositoryAccess, what: FindSome, on: FindEvents, signal: AbortSignal): Promise<FoundSome>
  /** What differs at and below a path, from one snapshot to another. @throws RedomaError as `list` */
  diff(
    access: RepositoryAccess,
    choice: { readonly before: SnapshotChoice; readonly after: SnapshotChoice; readonly path: string },
    signal: AbortSignal,
  ): AsyncIterable<BrowsedDifference>
  /** The content of a file. @throws RedomaError as `list`, and `REPOSITORY_DAMAGED` */
  read(
    access: RepositoryAccess,
    choice: SnapshotChoice & { readonly path: string },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>
  /** What is in a folder, as a tar. @throws RedomaError as `read` */
  tar(
    access: RepositoryAccess,
    choice: SnapshotChoice & { readonly path: string },
    onProblem: (problem: FileProblem) => void,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>
}

export function makeBrowseSystem(deps: SystemRepositoryDeps): BrowseSystem {
  return {
    list: (access, { path, recursive, ...choice }, signal) =>
      reading(access, signal, async function* (repository, held) {
        const snapshot = chooseSnapshot(await listSnapshots(repository, held), choice)
        for await (const entry of listTree(repository, snapshot, { path, recursive }, held))
          yield browsed(snapshot.id, entry)
      }),
    find: (access, { pattern, host }, on, signal) =>
      reading(access, signal, async function* (repository, held) {
        on.opened(repository.config.id)
        const { snapshots, damaged } = await listSnapshots(repository, held)
        for (const one of damaged) on.problem(leftOut(one))
        const wanted = snapshots.filter((one) => host === undefined || hostOf(one) === host)
        for await (const entry of findEntries(repository, wanted, pattern, held))
          yield browsed(entry.snapshot.id, entry)
      }),
    async findSome(access, { pattern, choose, ...bounds }, on, signal) {
      const parts = reading(access, signal, async function* (repository, held) {
        on.opened(repository.config.id)
        const list = await listSnapshots(repository, held)
        for (const one of list.damaged) on.problem(leftOut(one))
        const onDamaged: Parameters<typeof findSome>[4] = (folder, { message }) => {
          on.problem({ path: textOfPath(folder) || '/', message })
        }
        yield await findSome(repository, choose(list), pattern, bounds, onDamaged, held)
      })
      const [{ found, next } = { found: [] }] = await Array.fromAsync(parts)
      return { entries: found.map((entry) => browsed(entry.snapshot.id, entry)), next }
    },
    diff: (access, { before, after, path }, signal) =>
      reading(access, signal, async function* (repository, held) {
        const snapshots = await listSnapshots(repository, held)
        const [old, now] = [chooseSnapshot(snapshots, before), chooseSnapshot(snapshots, after)]
        for await (const one of diffSnapshots(repository, old, now, path, held)) yield browsedDifference(one)
      }),
    read: (access, { path, ...choice }, signal) =>
      reading(access, signal, async function* (repository, held) {
        const snapshot = chooseSnapshot(await listSnapshots(repository, held), choice)
        yield* readFileContent(repository, snapshot, path, held)
      }),
    tar: (access, { path, ...choice }, onProblem, signal) =>
      reading(access, signal, async function* (repository, held) {
        const snapshot = chooseSnapshot(await listSnapshots(repository, held), choice)
        yield* tarSnapshot(repository, snapshot, path, onProblem, held)
      }),
  }

  /** Beside others, but not while somebody prunes. */
  async function* reading<T>(
    access: RepositoryAccess,
    signal: AbortSignal,
    read: (repository: Repository, held: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    using repository = await openRepository({ ...deps, ...access }, signal)
    await using lock = await lockToRead(repository, signal)
    yield* read(repository, lock.signal)
  }
}

function browsedDifference(difference: Difference): BrowsedDifference {
  const { kind, path } = difference
  const before = 'before' in difference ? difference.before : undefined
  const after = 'after' in difference ? difference.after : undefined
  return {
    change: kind,
    path: `${textOfPath(path)}${(after ?? before)?.type === 'dir' ? '/' : ''}`,
    type: (after ?? before)?.type ?? '',
    bytesBefore: bytesOf(before),
    bytesAfter: bytesOf(after),
  }
}

/** An empty file has no size in its node. */
function bytesOf(node: TreeNode | undefined): number | undefined {
  return node?.type === 'file' ? (node.size ?? 0) : undefined
}

function browsed(snapshot: string, { path, node }: TreeEntry): BrowsedEntry {
  const modifiedAt = new Date(Number(node.mtimeNs / 1_000_000n))
  return { snapshot, path: textOfPath(path), type: node.type, bytes: node.size, modifiedAt }
}
