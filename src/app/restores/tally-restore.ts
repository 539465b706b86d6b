import type { PlannedEntry, RestoreOutcome } from '../../ports/restore.ts'
import type { RestoredSystem, RestoreEntry } from '../restore-system.ts'

/** More are counted, and not kept: a snapshot may have millions. */
const problemsKept = 100
const entriesKept = 500

/** What a restore came to, of a size that can be kept. */
export function tallyRestore(): {
  readonly onEntry: (entry: RestoreEntry) => void
  readonly tally: (restored: RestoredSystem) => RestoreOutcome
} {
  const entries: PlannedEntry[] = []
  let entryCount = 0
  return {
    onEntry({ path, action, bytes }) {
      if (action === 'keep') return
      entryCount += 1
      if (entries.length < entriesKept) entries.push({ path, action, bytes })
    },
    tally({ files, bytes, unchanged, left, deleted, fetchedBytes, problems }) {
      return {
        ...{ files, bytes, unchanged, left, deleted, fetchedBytes },
        ...{ problemCount: problems.length, problems: problems.slice(0, problemsKept) },
        ...{ entryCount, entries },
      }
    },
  }
}
