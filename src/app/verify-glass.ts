import { entriesOf } from '../bundle/ledger/current-objects.ts'
import { encodeLedger } from '../bundle/ledger/extend-ledger.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import { verifyLedger } from '../bundle/ledger/verify-ledger.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { publicKeyLine } from '../crypto/ssh-signature.ts'
import type { Instance, LedgerStore } from '../ports/catalogue.ts'
import type { Progress } from '../ports/progress.ts'
import { ledgerName, readAheadBytes } from './record-in-ledger.ts'
import type { Target } from './target.ts'
import { type GlassProblem, type GlassVerdict, verifyObjects } from './verify-objects.ts'

/**
 * Compares a destination with its ledger, and the ledger with what this instance remembers of it. No key is needed: every
 * object is read and hashed as it lies there.
 *
 * @throws RedomaError what the destination throws, other than for objects that are missing, cut off or unreadable
 */
export type VerifyGlass = (target: Target, progress: Progress, signal: AbortSignal) => Promise<GlassVerdict>

export interface VerifyGlassDeps {
  readonly instance: Instance
  readonly ledgers: LedgerStore
  signingKey(): Promise<Secret>
}

export function makeVerifyGlass(deps: VerifyGlassDeps): VerifyGlass {
  return async (target, progress, signal) =>
    verifyObjects(target.destination, await checkLedger(deps, target, signal), progress, signal)
}

/** A ledger as it was found and judged. */
export interface CheckedLedger {
  readonly entries: readonly LedgerEntry[]
  readonly problems: readonly GlassProblem[]
  /** What lies at the destination; empty where nothing does, or nothing that can be read. */
  readonly found: Uint8Array
}

/** What the instance remembers counts more than what lies there, as only the latter can be set back by others. */
export async function checkLedger(
  deps: VerifyGlassDeps,
  { record, destination }: Target,
  signal: AbortSignal,
): Promise<CheckedLedger> {
  const { instance, ledgers } = deps
  const lines = await ledgers.lines(record.id)
  const acknowledged = await ledgers.acknowledged(record.id)
  const problem = (message: string): GlassProblem => ({ kind: 'ledger', object: ledgerName, message })
  try {
    const limitBytes = encodeLedger(lines).length + readAheadBytes
    const found = await collectBytes(destination.get(ledgerName, undefined, signal), limitBytes)
    const remembered = lines.find(({ sequence }) => sequence === acknowledged)
    const publicKey = publicKeyLine(await deps.signingKey(), '')
    const verdict = verifyLedger(found, { instance: instance.id, publicKey, remembered })
    return {
      entries: lines.length > 0 ? entriesOf(lines) : verdict.entries,
      problems: verdict.findings.map(({ message }) => problem(message)),
      found,
    }
  } catch (error) {
    if (isRedomaError(error, 'LIMIT_EXCEEDED')) {
      return {
        entries: entriesOf(lines),
        problems: [problem('the ledger is far longer than it can be')],
        found: nothing,
      }
    }
    if (!isRedomaError(error, 'OBJECT_NOT_FOUND')) throw error
    const problems = acknowledged === 0 ? [] : [problem('there is no ledger any more')]
    return { entries: entriesOf(lines), problems, found: nothing }
  }
}

const nothing = new Uint8Array(0)
