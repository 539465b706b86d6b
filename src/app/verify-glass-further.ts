import type { KeptHead } from '../bundle/ledger/head.ts'
import { holdsHead } from '../bundle/ledger/head.ts'
import { judgeBundles } from '../bundle/ledger/judge-bundles.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import type { LedgerSigner } from '../bundle/ledger/signers.ts'
import { verifyLedger } from '../bundle/ledger/verify-ledger.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError } from '../core/errors.ts'
import { sshFingerprint } from '../crypto/ssh-signature.ts'
import type { Destination } from '../ports/destination.ts'
import type { Progress } from '../ports/progress.ts'
import type { VerificationStore } from '../ports/verification.ts'
import type { AuditedDeps } from './audited.ts'
import { type GlassKey, type OpenedBundles, openListedBundles } from './open-listed-bundles.ts'
import { ledgerName } from './record-in-ledger.ts'
import { type DoubtfulBundle, doubtfulAmong, ofScope, remarksOn } from './remarks-on-glass.ts'
import type { Target } from './target.ts'
import { type CheckedLedger, checkLedger, type VerifyGlassDeps } from './verify-glass.ts'
import { type GlassProblem, type GlassVerdict, verifyObjects } from './verify-objects.ts'

/** What can be asked beyond a comparison with the ledger. */
export interface FurtherChecks {
  /** Opens every bundle. */
  readonly key?: GlassKey | undefined
  /** What a witness kept. */
  readonly head?: KeptHead | undefined
  /** Only what lies in the folder of this scope, or of the whole vault; the ledger is looked through as a whole. */
  readonly scope?: string | undefined
}

export interface FurtherVerdict extends GlassVerdict {
  /** Bundles that were decrypted to their end. */
  readonly opened: number
  /** Of the key that must have signed the ledger, as `ssh-keygen -l` shows it. */
  readonly signer?: string
  /** What people should look into, though it proves nothing. */
  readonly remarks: readonly string[]
  readonly doubtful: readonly DoubtfulBundle[]
  /** What could not be checked, and what it would take. */
  readonly unchecked: readonly string[]
}

/** As `redoma backup verify` does, with what this instance remembers, and further where a key or a head is given. */
export type VerifyGlassFurther = (
  target: Target,
  checks: FurtherChecks,
  progress: Progress,
  signal: AbortSignal,
) => Promise<FurtherVerdict>

export interface VerifyGlassFurtherDeps extends VerifyGlassDeps, Pick<AuditedDeps, 'clock'> {
  readonly verifications: Pick<VerificationStore, 'record'>
}

/**
 * What it finds without a key or a head is remembered, as of any verification of the whole ledger: the next one without them would not find the rest
 * again, and take for good what is not.
 */
export function makeVerifyGlassFurther(deps: VerifyGlassFurtherDeps): VerifyGlassFurther {
  return async (target, checks, progress, signal) => {
    const ledger = await checkLedger(deps, target, signal)
    const { destination, record } = target
    const verdict = await verifyObjects(destination, ledger, progress, signal, checks.scope)
    const end = { kind: 'looked', findings: verdict.problems } as const
    if (checks.scope === undefined)
      await deps.verifications.record(record.id, 'ledger', end, deps.clock.now())
    return further({ destination, ledger, verdict, instance: deps.instance.id }, checks, progress, signal)
  }
}

/**
 * The same of a destination whose instance is not at hand: nothing is remembered, so a ledger that was set back to an earlier
 * state shows only by a head that a witness kept.
 *
 * @param signer where it is not given, it is taken out of the newest bundle that opens
 */
export async function verifyWithoutInstance(
  destination: Destination,
  signer: LedgerSigner | undefined,
  checks: FurtherChecks,
  progress: Progress,
  signal: AbortSignal,
): Promise<FurtherVerdict> {
  const found = await readLedger(destination, signal)
  const unsigned = verifyLedger(found, { instance: '', publicKey: '' })
  const bundles = await openWith(checks, destination, unsigned.entries, progress, signal)
  const trusted = signer ?? bundles?.signer
  const instance = trusted?.instance ?? unsigned.entries[0]?.instance ?? ''
  const { entries, findings } = verifyLedger(found, { instance, publicKey: trusted?.publicKey ?? '' })
  const bySigner = ['forged-signature', 'unknown-signer']
  const counted = findings.filter(({ kind }) => trusted !== undefined || !bySigner.includes(kind))
  const problems = counted.map(({ message }) => ledgerProblem(message))
  if (found.length === 0) problems.push(ledgerProblem('there is no ledger'))
  const ledger = { entries, problems, notes: [], found }
  const objects = await verifyObjects(destination, ledger, progress, signal, checks.scope)
  const looked = { destination, ledger, verdict: objects, instance }
  const verdict = await further(looked, checks, progress, signal, bundles)
  const whoSigned =
    'who signed the ledger: give --signers FILE (system/allowed_signers of a bundle), or the recovery key'
  const memory =
    'whether the ledger was set back to an earlier state: only the instance, or a head that a witness kept (--head), can tell'
  return {
    ...verdict,
    ...(trusted === undefined ? {} : { signer: sshFingerprint(trusted.publicKey) }),
    unchecked: [
      ...(trusted === undefined ? [whoSigned] : []),
      ...(checks.head === undefined ? [memory] : []),
      ...verdict.unchecked,
    ],
  }
}

/** What the ledger and a comparison with it say. */
interface Looked {
  readonly destination: Destination
  readonly ledger: CheckedLedger
  readonly verdict: GlassVerdict
  readonly instance: string
}

async function further(
  { destination, ledger, verdict, instance }: Looked,
  checks: FurtherChecks,
  progress: Progress,
  signal: AbortSignal,
  known?: OpenedBundles,
): Promise<FurtherVerdict> {
  const { head, scope } = checks
  const bundles = known ?? (await openWith(checks, destination, ledger.entries, progress, signal))
  const entries = ofScope(ledger.entries, scope)
  const isNamed = new Set(verdict.problems.map(({ object }) => object))
  const problems = [...verdict.problems, ...headProblem(ledger.found, head)]
  for (const problem of bundles?.problems ?? []) if (!isNamed.has(problem.object)) problems.push(problem)
  for (const finding of judgeBundles(instance, ledger.entries, bundles?.opened ?? []))
    problems.push({ kind: 'forged', ...finding })
  const others = bundles?.ofOtherKeys ?? []
  return {
    ...verdict,
    problems,
    opened: bundles?.opened.length ?? 0,
    remarks: [...ledger.notes, ...remarksOn(entries, scope)],
    doubtful: doubtfulAmong(entries, bundles),
    unchecked: [
      ...(bundles === undefined ? ['what is in the bundles: give the recovery key (--identity FILE)'] : []),
      ...others.map((name) => `what is in ${name}: it is sealed to another recovery key`),
    ],
  }
}

async function openWith(
  { key, scope }: FurtherChecks,
  destination: Destination,
  entries: readonly LedgerEntry[],
  progress: Progress,
  signal: AbortSignal,
): Promise<OpenedBundles | undefined> {
  if (key === undefined) return undefined
  return openListedBundles(destination, ofScope(entries, scope), key, progress, signal)
}

function headProblem(found: Uint8Array, head: KeptHead | undefined): GlassProblem[] {
  if (head === undefined || holdsHead(found, head)) return []
  const line = head.sequence === undefined ? 'the line' : `line ${head.sequence}`
  return [ledgerProblem(`${line} that the witness kept is not in it: it was set back, or written anew since`)]
}

function ledgerProblem(message: string): GlassProblem {
  return { kind: 'ledger', object: ledgerName, message }
}

/** More than half a million recordings. */
const ledgerLimitBytes = 512 * 1024 * 1024

async function readLedger(destination: Destination, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await collectBytes(destination.get(ledgerName, undefined, signal), ledgerLimitBytes)
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND')) return new Uint8Array(0)
    throw error
  }
}
