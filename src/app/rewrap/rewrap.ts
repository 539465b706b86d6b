import type { LedgerDraft } from '../../bundle/ledger/draft.ts'
import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Generation } from '../../ports/catalogue.ts'
import type { ObjectName } from '../../ports/destination.ts'
import type { Progress } from '../../ports/progress.ts'
import { type AuditedDeps, audit } from '../audited.ts'
import type { RecordInLedger } from '../record-in-ledger.ts'
import type { Target } from '../target.ts'
import type { Rewrappable } from './plan-rewrap.ts'
import { type PreparedObject, prepareObject } from './prepare-object.ts'

export interface RewrapProblem {
  readonly kind: 'another-key' | 'damaged' | 'missing'
  readonly object: ObjectName
  readonly message: string
}

export interface RewrapResult {
  /** Objects that got their new header now. */
  readonly rewrapped: number
  /** Those that had it already, from a run that was stopped. */
  readonly found: number
  readonly problems: readonly RewrapProblem[]
  readonly warnings: readonly string[]
}

/**
 * Gives bundles and sealed recordings at a destination headers for the present recovery key, with one that opens them now. The payload stays
 * as it is, to the byte: each is read, compared with its ledger and decrypted to its end before, and again after.
 *
 * The ledger first, with the hash that an object is going to have, then the object, which is replaced whole: whenever the process dies, each
 * object is one that the ledger has a line for, and the next run goes on.
 *
 * @throws RedomaError `VERIFICATION_FAILED`, and what the destination throws other than for single objects
 */
export type Rewrap = (
  target: Target,
  items: readonly Rewrappable[],
  identities: readonly Secret[],
  progress: Progress,
  signal: AbortSignal,
  /** Whose key; absent: that of the whole vault. */
  scope?: string,
) => Promise<RewrapResult>

export interface RewrapDeps extends AuditedDeps {
  readonly recordInLedger: RecordInLedger
  readonly primitives: Primitives
}

/** A line of the ledger for each alone would write the whole ledger so many times; more in a batch are more that a dead process leaves halfway. */
const batchLength = 16

export function makeRewrap(deps: RewrapDeps): Rewrap {
  return async (target, items, identities, progress, signal, scope) => {
    const generation = await deps.catalogue.generations.current(scope)
    const work = { target, identities, generation: required(generation), problems: [] as RewrapProblem[] }
    const warnings: string[] = []
    let rewrapped = 0
    let found = 0
    progress({
      kind: 'step',
      title: `New headers at ${target.record.name}`,
      unit: 'files',
      total: items.length,
    })
    for (let at = 0; at < items.length; at += batchLength) {
      signal.throwIfAborted()
      using batch = new DisposableStack()
      const prepared: PreparedObject[] = []
      for (const item of items.slice(at, at + batchLength)) {
        const one = await prepare(deps, work, item, signal)
        if (one === 'done') found += 1
        else if (one !== undefined) prepared.push(batch.use(one))
      }
      warnings.push(...(await carryOut(deps, work, prepared, signal)))
      rewrapped += prepared.length
      progress({ kind: 'advance', done: Math.min(at + batchLength, items.length) })
    }
    const { number } = work.generation
    if (rewrapped > 0)
      await audit(deps, 'glass.rewrap', target.record.name, `${rewrapped} objects, to generation ${number}`)
    return { rewrapped, found, problems: work.problems, warnings }
  }
}

interface Work {
  readonly target: Target
  readonly identities: readonly Secret[]
  readonly generation: Generation
  readonly problems: RewrapProblem[]
}

/** One object that cannot be rewrapped does not stop the others. */
async function prepare(
  { primitives }: RewrapDeps,
  { target, identities, generation, problems }: Work,
  item: Rewrappable,
  signal: AbortSignal,
): Promise<PreparedObject | 'done' | undefined> {
  const { object } = item
  const keys = { identities, recipient: generation.recipient }
  try {
    return (await prepareObject(item, target.destination, keys, primitives, signal)) ?? 'done'
  } catch (error) {
    const kind = kindOf(error)
    if (kind === undefined) throw error
    problems.push({ kind, object, message: messageOf(error) })
    return undefined
  }
}

function kindOf(error: unknown): RewrapProblem['kind'] | undefined {
  if (isRedomaError(error, 'KEY_WRONG')) return 'another-key'
  if (isRedomaError(error, 'OBJECT_NOT_FOUND')) return 'missing'
  const codes = ['DATA_DAMAGED', 'FORMAT_UNKNOWN', 'LIMIT_EXCEEDED', 'OBJECT_UNREADABLE'] as const
  return codes.some((code) => isRedomaError(error, code)) ? 'damaged' : undefined
}

async function carryOut(
  deps: RewrapDeps,
  { target, generation }: Work,
  prepared: readonly PreparedObject[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (prepared.length === 0) return []
  const { destination, record } = target
  const warnings = await deps.recordInLedger(
    target,
    prepared.map((one) => draftOf(one, generation)),
    signal,
  )
  for (const { item, body } of prepared) await destination.put(item.object, body, signal)
  await destination.flush(signal)
  for (const one of prepared) await one.prove(signal)
  const recordings = new Set(prepared.map(({ item }) => item.object.replace(/\/[^/]*$/, '')))
  for (const copy of await deps.catalogue.recordings.list(record.id)) {
    if (recordings.has(copy.folder))
      await deps.catalogue.recordings.add({ ...copy, generation: generation.number })
  }
  return warnings
}

function draftOf({ item, bytes, sha256 }: PreparedObject, { number, fingerprint }: Generation): LedgerDraft {
  const { object, kind, detail } = item
  const from = item.isAnnounced ? (detail['rewrapped'] ?? 0) : (detail['generation'] ?? 0)
  return {
    event: 'put',
    kind,
    object,
    bytes,
    sha256,
    detail: { ...detail, generation: number, fingerprint, rewrapped: from },
  }
}

function required(generation: Generation | undefined): Generation {
  if (generation !== undefined) return generation
  throw new RedomaError('CEREMONY_MISSING', 'there is no recovery key to rewrap to')
}
