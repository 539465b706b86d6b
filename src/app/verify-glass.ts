import { compareLedger } from '../bundle/ledger/compare-ledger.ts'
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
export type VerifyGlass = (
  target: Target,
  progress: Progress,
  signal: AbortSignal,
) => Promise<GlassVerdict & Pick<CheckedLedger, 'notes'>>

export interface VerifyGlassDeps {
  readonly instance: Instance
  readonly ledgers: LedgerStore
  signingKey(): Promise<Secret>
}

export function makeVerifyGlass(deps: VerifyGlassDeps): VerifyGlass {
  return async (target, progress, signal) => {
    const ledger = await checkLedger(deps, target, signal)
    const verdict = await verifyObjects(target.destination, ledger, progress, signal)
    return { ...verdict, notes: ledger.notes }
  }
}

/** A ledger as it was found and judged. */
export interface CheckedLedger {
  readonly entries: readonly LedgerEntry[]
  readonly problems: readonly GlassProblem[]
  /** What people should know of it, though nothing is wrong. */
  readonly notes: readonly string[]
  /** What lies at the destination; empty where nothing does, or nothing that can be read. */
  readonly found: Uint8Array
}

/**
 * What the instance remembers counts more than what lies there, as only the latter can be set back by others. Where what lies there goes on after all
 * that is remembered, and the instance's key signed it, it counts: the instance was rebuilt from a backup that is older than the ledger.
 */
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
    const signer = { instance: instance.id, publicKey }
    const verdict = verifyLedger(found, { ...signer, remembered })
    const isAhead = compareLedger(found, { lines, acknowledged }, signer).kind === 'ahead'
    return {
      entries: lines.length > 0 && !isAhead ? entriesOf(lines) : verdict.entries,
      problems: verdict.findings.map(({ message }) => problem(message)),
      notes: isAhead ? [aheadNote(lines.length, verdict.entries.slice(entriesOf(lines).length))] : [],
      found,
    }
  } catch (error) {
    if (isRedomaError(error, 'LIMIT_EXCEEDED')) {
      return {
        entries: entriesOf(lines),
        problems: [problem('the ledger is far longer than it can be')],
        notes: [],
        found: nothing,
      }
    }
    if (!isRedomaError(error, 'OBJECT_NOT_FOUND')) throw error
    const problems = acknowledged === 0 ? [] : [problem('there is no ledger any more')]
    return { entries: entriesOf(lines), problems, notes: [], found: nothing }
  }
}

const mostNamed = 5

/** Whoever has the instance's key wrote these lines; that they are all of them is what it cannot say. */
function aheadNote(remembered: number, unknown: readonly { readonly object: string }[]): string {
  const known = remembered === 0 ? 'none of it' : `its first ${remembered} lines`
  const objects = [...new Set(unknown.map(({ object }) => object))]
  const more = objects.length > mostNamed ? `, and ${objects.length - mostNamed} more` : ''
  return `the instance's key wrote this ledger, and the instance remembers ${known}: it was restored from an older backup, or the destination was added anew; if neither, somebody else has its key. What it does not remember: ${objects.slice(0, mostNamed).join(', ')}${more}. The next backup takes the rest over; until then, whether lines are missing at its end only a head that a witness kept can tell (redoma glass verify --head)`
}

const nothing = new Uint8Array(0)
