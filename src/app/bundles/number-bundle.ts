import { entriesOf } from '../../bundle/ledger/current-objects.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { RecordInLedger } from '../record-in-ledger.ts'
import type { Target } from '../target.ts'

/** Per destination's id: what its ledger was found to be, a sentence each. */
export type LedgerWarnings = ReadonlyMap<string, readonly string[]>

/**
 * Takes over what the ledgers at the targets say beyond what this instance remembers, before a bundle is numbered: an instance that was
 * restored from an older backup would else give a number a second time. What fails here fails again, and is told, when the bundle is published.
 */
export async function readLedgersFirst(
  recordInLedger: RecordInLedger,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<LedgerWarnings> {
  const warnings = new Map<string, readonly string[]>()
  for (const target of targets) {
    try {
      warnings.set(target.record.id, await recordInLedger(target, [], signal))
    } catch {
      signal.throwIfAborted()
    }
  }
  return warnings
}

export interface BundleNumber {
  readonly sequence: number
  /** The highest that any ledger lists, removed ones too; 0 where none does. */
  readonly listed: number
}

/** Takes the next number of a scope: above all that the catalogue gave, and above all that the ledger of any destination lists. */
export async function numberBundle(
  { bundles, destinations, ledgers }: Pick<Catalogue, 'bundles' | 'destinations' | 'ledgers'>,
  scope = wholeVault,
): Promise<BundleNumber> {
  let listed = 0
  for (const { id } of await destinations.list()) {
    // Lines of recordings are many, and parsing each is dear; lines are canonical, so this text is in every line of a bundle.
    const lines = (await ledgers.lines(id)).filter(({ line }) => line.includes('"kind":"bundle"'))
    for (const { detail } of entriesOf(lines)) {
      const { sequence } = detail
      if (String(detail['scope'] ?? wholeVault) !== scope || typeof sequence !== 'number') continue
      listed = Math.max(listed, sequence)
    }
  }
  return { sequence: await bundles.nextSequence(scope, listed), listed }
}
