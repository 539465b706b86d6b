import { type RawPath, rawPathOf, shownPath } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import type { FileProblem, OnRepositoryEvent } from '../repository.ts'

/** What is counted while a tree is walked, and told as it grows. */
export interface Tally {
  readonly files: { new: number; changed: number; unmodified: number }
  readonly folders: { new: number; changed: number; unmodified: number }
  bytes: number
  readonly problems: readonly FileProblem[]
  countFile(kind: 'new' | 'changed' | 'unmodified', bytes: number): void
  countFolder(former: BlobId | undefined, tree: BlobId): void
  /** A folder's listing in the last backup cannot be read: all in it is read anew. Told once, of all. */
  lostListing(): void
  /** All was walked. */
  finish(): void
  /** So many bytes of contents are in packs by now: what shows that a long file gets on. */
  reachedPacks(bytes: number): void
  problem(path: RawPath, message: string): void
}

/** Files between two reports of progress. */
const filesPerEvent = 64

/** `expectedBytes`: what there was the last time, where there was one. */
export function makeTally(onEvent: OnRepositoryEvent, expectedBytes?: number): Tally {
  const problems: FileProblem[] = []
  let counted = 0
  let packedBytes = 0
  let lostListings = 0
  const tell = (): void => {
    const bytes = Math.max(tally.bytes, packedBytes)
    // More than the last time: then how much is left is not known any more.
    const totalBytes = expectedBytes !== undefined && bytes <= expectedBytes ? expectedBytes : undefined
    onEvent({ kind: 'progress', files: counted, bytes, totalBytes })
  }
  const tally: Tally = {
    files: { new: 0, changed: 0, unmodified: 0 },
    folders: { new: 0, changed: 0, unmodified: 0 },
    bytes: 0,
    problems,
    countFile(kind, bytes) {
      tally.files[kind]++
      tally.bytes += bytes
      if (++counted % filesPerEvent === 0) tell()
    },
    reachedPacks(bytes) {
      packedBytes = bytes
      tell()
    },
    lostListing() {
      lostListings++
    },
    finish() {
      if (lostListings === 0) return
      const what =
        lostListings === 1 ? 'the listing of a folder is' : `the listings of ${lostListings} folders are`
      tally.problem(rawPathOf('last backup'), `${what} damaged; what it named was read anew`)
    },
    countFolder(former, tree) {
      tally.folders[former === undefined ? 'new' : former === tree ? 'unmodified' : 'changed']++
    },
    problem(path, message) {
      const problem = { path: shownPath(path), message }
      problems.push(problem)
      onEvent({ kind: 'problem', problem })
    },
  }
  return tally
}

/** Nothing of a backup is lost by them, but who looks at the run must learn of it. */
export function tellOfDamaged(tally: Tally, damaged: readonly { readonly id: string }[]): void {
  for (const { id } of damaged) tally.problem(rawPathOf(`snapshots/${id}`), 'this snapshot is damaged')
}
