import type { KeptRecords } from '../bundle/contents/kept-records.ts'
import { isRedomaError, messageOf, RedomaError } from '../core/errors.ts'
import type { BundleRecord } from '../ports/bundle-store.ts'
import type { Progress } from '../ports/progress.ts'
import type { SecretsSource } from '../ports/source.ts'
import type { SortedVault } from './scopes/sort-by-scope.ts'

/** Of the bundle before, so much must still be there. */
const usualLeastShare = 0.5

/**
 * Shows the vault every credential of every source, for as long as `kept` keeps them.
 *
 * @throws RedomaError `SOURCE_UNREADABLE` when any source cannot be read to its end, `SOURCE_EMPTY` when there is nothing
 */
export async function gatherSecrets(
  sources: readonly SecretsSource[],
  kept: KeptRecords,
  vault: Pick<SortedVault, 'see'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  let done = 0
  progress({ kind: 'step', title: 'Reading credentials', unit: 'records' })
  for (const source of sources) {
    try {
      for await (const record of source.records(signal)) {
        signal.throwIfAborted()
        vault.see(kept.keep(source.name, record), record)
        done += 1
        progress({ kind: 'advance', done })
      }
    } catch (error) {
      signal.throwIfAborted()
      if (isRedomaError(error)) throw error
      const message = `the source ${source.name} cannot be read: ${messageOf(error)}`
      throw new RedomaError('SOURCE_UNREADABLE', message, { cause: error })
    }
  }
  if (done > 0) return
  throw new RedomaError('SOURCE_EMPTY', 'there is not one credential to back up', {
    hint: 'redoma credential add, or redoma credential import FILE',
  })
}

/**
 * A vault that lost half of its credentials is more likely broken than tidy, and its bundle must not pass as a good one.
 *
 * @param leastShare from 0, whatever is left, to 1, no fewer than before
 *
 * @throws RedomaError `SOURCE_SHRUNKEN`
 */
export function refuseShrunken(
  count: number,
  before: BundleRecord | undefined,
  leastShare = usualLeastShare,
): void {
  if (before === undefined || count >= before.credentials * leastShare) return
  throw new RedomaError(
    'SOURCE_SHRUNKEN',
    `there are ${count} credentials, and bundle ${before.sequence} had ${before.credentials}: this looks like a loss`,
    { hint: 'If they were removed on purpose, run it once with --allow-shrunken.' },
  )
}
