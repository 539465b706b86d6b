import { createHash } from 'node:crypto'
import { compareLedger, type LedgerState } from '../bundle/ledger/compare-ledger.ts'
import type { LedgerDraft } from '../bundle/ledger/draft.ts'
import { encodeLedger, extendLedger } from '../bundle/ledger/extend-ledger.ts'
import { collectBytes } from '../core/bytes.ts'
import { compactTime } from '../core/compact-time.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { publicKeyLine } from '../crypto/ssh-signature.ts'
import type { Instance, LedgerLine, LedgerStore } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { bodyOf, type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { LedgerFind, Notifier } from '../ports/notifier.ts'
import { inTurn } from './in-turn.ts'
import { digestObject } from './object-digest.ts'
import type { Target } from './target.ts'

/**
 * Writes what became of objects at `target` into its ledger. With no drafts it only delivers what an earlier run could
 * not, and looks whether the ledger there is as it was left.
 *
 * The lines are remembered, durably, before anything else can fail; whatever the destination does then, the next call
 * delivers them. A ledger that is not as it was left is kept aside, and the true one takes its place: evidence is not
 * destroyed, and no altered file can stop a backup from being recorded. Where nothing can be read, the ledger is what is remembered.
 *
 * @returns warnings, one sentence each, about what was found
 * @throws RedomaError what the destination throws; `VERIFICATION_FAILED` when the ledger does not read back as written
 */
export type RecordInLedger = (
  target: Target,
  drafts: readonly LedgerDraft[],
  signal: AbortSignal,
) => Promise<readonly string[]>

export interface RecordInLedgerDeps {
  readonly instance: Pick<Instance, 'id' | 'name'>
  readonly ledgers: LedgerStore
  signingKey(): Promise<Secret>
  readonly clock: Clock
  readonly whileWriting: WhileWriting
  readonly notifier: Notifier
}

/** Does something that no other process of this instance may do to this ledger at the same time: two writers of one would fork it. */
export type WhileWriting = <T>(
  destination: Pick<Target['record'], 'id' | 'name'>,
  work: () => Promise<T>,
  signal: AbortSignal,
) => Promise<T>

export const ledgerName = parseObjectName('ledger.jsonl')

/**
 * How much longer than ours a ledger may be and still be read: 60,000 recordings. A longer one is kept aside unread, as
 * lines that anyone could have made cost many times their size in memory.
 */
export const readAheadBytes = 64 * 1024 * 1024

interface Examination {
  readonly adopted: readonly LedgerLine[]
  readonly notices: readonly LedgerDraft[]
  readonly warnings: readonly string[]
  /** The ledger there is byte for byte what we remember. */
  readonly isCurrent: boolean
  readonly broken?: LedgerFind['what'] | undefined
}

export function makeRecordInLedger(deps: RecordInLedgerDeps): RecordInLedger {
  const turns = inTurn()
  return (target, drafts, signal) => {
    const recording = (): Promise<readonly string[]> => recordInLedger(deps, target, drafts, signal)
    return turns(target.record.id, () => deps.whileWriting(target.record, recording, signal))
  }
}

async function recordInLedger(
  deps: RecordInLedgerDeps,
  target: Target,
  drafts: readonly LedgerDraft[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { id } = target.record
  const signingKey = await deps.signingKey()
  const remembered = await deps.ledgers.lines(id)
  const examined = await settled(examine(deps, target, remembered, signingKey, signal))
  const { adopted, notices, warnings, isCurrent, broken } = examined.value ?? nothingFound
  const before = [...remembered, ...adopted]
  const writer = { instance: deps.instance.id, signingKey, time: deps.clock.now() }
  const said = [...notices, ...drafts]
  const added = said.length === 0 ? [] : extendLedger(before, said, writer)
  if (adopted.length + added.length > 0) await deps.ledgers.append(id, [...adopted, ...added])
  if (broken !== undefined) await tellBroken(deps, target, broken, warnings)
  // What was to be recorded is remembered now; only here may the destination's failure be heard.
  if (examined.value === undefined) throw examined.error
  const lines = [...before, ...added]
  if (!isCurrent || added.length > 0) await deliver(target, lines, signal)
  await deps.ledgers.acknowledge(id, lines.at(-1)?.sequence ?? 0)
  return warnings
}

const nothingFound: Examination = { adopted: [], notices: [], warnings: [], isCurrent: false }

/** Reads the ledger at the destination, judges it, and keeps it aside where it is not ours as we left it. */
async function examine(
  deps: RecordInLedgerDeps,
  { record, destination }: Target,
  remembered: readonly LedgerLine[],
  signingKey: Secret,
  signal: AbortSignal,
): Promise<Examination> {
  const acknowledged = await deps.ledgers.acknowledged(record.id)
  if (isWriteOnly(record.spec))
    return { ...nothingFound, isCurrent: acknowledged === (remembered.at(-1)?.sequence ?? 0) }
  const written = encodeLedger(remembered)
  const found = await readLedger(destination, limitFor(written), signal)
  const signer = { instance: deps.instance.id, publicKey: publicKeyLine(signingKey, '') }
  const state: LedgerState =
    found === 'too-long'
      ? { kind: 'foreign' }
      : compareLedger(found, { lines: remembered, acknowledged }, signer)
  switch (state.kind) {
    case 'expected':
      return { ...nothingFound, isCurrent: state.reached === (remembered.at(-1)?.sequence ?? 0) }
    case 'ahead':
      return {
        ...noticed(record.name, state, await digestObject(destination, ledgerName, signal)),
        adopted: state.lines,
      }
    case 'missing':
      return noticed(record.name, state, { name: ledgerName, bytes: 0, sha256: sha256OfNothing })
    case 'rolled-back':
    case 'altered':
    case 'foreign':
      return noticed(record.name, state, await keepAside(deps, destination, remembered, signal))
  }
}

const sha256OfNothing = createHash('sha256').digest('hex')

async function readLedger(
  destination: Destination,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined | 'too-long'> {
  try {
    return await collectBytes(destination.get(ledgerName, undefined, signal), limitBytes)
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND')) return undefined
    if (isRedomaError(error, 'LIMIT_EXCEEDED')) return 'too-long'
    throw error
  }
}

interface FoundObject {
  readonly name: ObjectName
  readonly bytes: number
  readonly sha256: string
}

async function keepAside(
  deps: RecordInLedgerDeps,
  destination: Destination,
  remembered: readonly LedgerLine[],
  signal: AbortSignal,
): Promise<FoundObject> {
  // Time and number of the line that will mention it: no two are alike, so nothing kept aside is ever replaced.
  const name = parseObjectName(`ledger.found-${compactTime(deps.clock.now())}-${remembered.length + 1}.jsonl`)
  const limitBytes = limitFor(encodeLedger(remembered))
  const open = () => beginningOf(destination.get(ledgerName, undefined, signal), limitBytes)
  await destination.put(name, { open }, signal)
  await destination.flush(signal)
  return digestObject(destination, name, signal)
}

function limitFor(written: Uint8Array): number {
  return written.length + readAheadBytes
}

/** Of what is too long to be read, the beginning is evidence enough; all of it could fill the destination. */
async function* beginningOf(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  let left = limitBytes
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
}

function noticed(
  destinationName: string,
  state: Exclude<LedgerState, { kind: 'expected' }>,
  { name, bytes, sha256 }: FoundObject,
): Examination {
  const detail = { reason: state.kind }
  const draft: LedgerDraft = { event: 'noticed', kind: 'ledger', object: name, bytes, sha256, detail }
  const kept = name === ledgerName ? '' : ` It was kept as ${name}, and the true one takes its place.`
  const warning = `The ledger at ${destinationName} ${whatHappened(state.kind)}.${kept}`
  const broken = state.kind === 'ahead' ? undefined : state.kind
  return { adopted: [], notices: [draft], warnings: [warning], isCurrent: false, broken }
}

/** It is in our ledger already: that people could not be told keeps nothing from being recorded. */
async function tellBroken(
  { notifier }: RecordInLedgerDeps,
  { record }: Target,
  what: LedgerFind['what'],
  remarks: readonly string[],
): Promise<void> {
  const find = { destinationId: record.id, destination: record.name, what, remark: remarks.join(' ') }
  await notifier.tell({ kind: 'ledger-broken', find }).catch(() => undefined)
}

function whatHappened(kind: Exclude<LedgerState['kind'], 'expected'>): string {
  switch (kind) {
    case 'ahead':
      return 'says more than this instance remembers (was the instance restored from a backup?), and was taken over'
    case 'missing':
      return 'was there and is gone; it was written again'
    case 'rolled-back':
      return 'was set back to an earlier state'
    case 'altered':
      return 'was altered'
    case 'foreign':
      return 'was written by somebody else'
  }
}

async function deliver(
  { record, destination }: Target,
  lines: readonly LedgerLine[],
  signal: AbortSignal,
): Promise<void> {
  const ledger = encodeLedger(lines)
  await destination.put(ledgerName, bodyOf(ledger), signal)
  await destination.flush(signal)
  if (isWriteOnly(record.spec)) return
  const { sha256 } = await digestObject(destination, ledgerName, signal)
  if (sha256 === createHash('sha256').update(ledger).digest('hex')) return
  throw new RedomaError('VERIFICATION_FAILED', 'the ledger does not read back as it was written')
}

async function settled<T>(
  work: Promise<T>,
): Promise<{ readonly value: T } | { readonly value?: undefined; readonly error: unknown }> {
  try {
    return { value: await work }
  } catch (error) {
    return { error }
  }
}
