import { currentObjects, entriesOf } from '../bundle/ledger/current-objects.ts'
import { encodeLedger } from '../bundle/ledger/extend-ledger.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import { verifyLedger } from '../bundle/ledger/verify-ledger.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { publicKeyLine } from '../crypto/ssh-signature.ts'
import type { Instance, LedgerStore } from '../ports/catalogue.ts'
import type { ObjectName } from '../ports/destination.ts'
import type { Progress } from '../ports/progress.ts'
import { digestObject } from './object-digest.ts'
import { ledgerName, readAheadBytes } from './record-in-ledger.ts'
import type { Target } from './target.ts'

export interface GlassProblem {
  readonly kind: 'ledger' | 'missing' | 'altered' | 'unreadable' | 'unlisted'
  readonly object: ObjectName
  /** One line for a person. */
  readonly message: string
  /** What to do first. */
  readonly hint?: string | undefined
}

export interface GlassVerdict {
  /** Objects that were read to their end and are as the ledger says. */
  readonly objects: number
  readonly bytes: number
  /** Empty: everything that was ever put there, and not removed since, is there and unaltered. */
  readonly problems: readonly GlassProblem[]
}

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

/** What only ledgers list; `system/` has its own check, that of its repository. */
const listedFolders = ['secrets/', 'recordings/', 'ledger.found-']

export function makeVerifyGlass(deps: VerifyGlassDeps): VerifyGlass {
  return async (target, progress, signal) => {
    const ledger = await checkLedger(deps, target, signal)
    const expected = currentObjects(ledger.entries)
    progress({ kind: 'step', title: 'Reading bundles and recordings', unit: 'files', total: expected.size })
    const problems = [...ledger.problems]
    let objects = 0
    let bytes = 0
    for (const entry of expected.values()) {
      const problem = await checkObject(target, entry, signal)
      if (problem !== undefined) problems.push(problem)
      else bytes += entry.bytes
      objects += 1
      progress({ kind: 'advance', done: objects, detail: entry.object })
    }
    problems.push(...(await findUnlisted(target, expected, signal)))
    const isWrong = new Set(problems.map(({ object }) => object))
    return { objects: [...expected.keys()].filter((name) => !isWrong.has(name)).length, bytes, problems }
  }
}

/** What the instance remembers counts more than what lies there, as only the latter can be set back by others. */
async function checkLedger(
  deps: VerifyGlassDeps,
  { record, destination }: Target,
  signal: AbortSignal,
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly problems: readonly GlassProblem[] }> {
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
    }
  } catch (error) {
    if (isRedomaError(error, 'LIMIT_EXCEEDED')) {
      return { entries: entriesOf(lines), problems: [problem('the ledger is far longer than it can be')] }
    }
    if (!isRedomaError(error, 'OBJECT_NOT_FOUND')) throw error
    const problems = acknowledged === 0 ? [] : [problem('there is no ledger any more')]
    return { entries: entriesOf(lines), problems }
  }
}

async function checkObject(
  { destination }: Target,
  { object, bytes, sha256 }: LedgerEntry,
  signal: AbortSignal,
): Promise<GlassProblem | undefined> {
  try {
    const found = await digestObject(destination, object, signal, bytes)
    if (found.sha256 === sha256) return undefined
    const message = `${object} is not what was put there (${found.bytes} bytes, expected ${bytes})`
    return { kind: 'altered', object, message }
  } catch (error) {
    if (isRedomaError(error, 'DATA_DAMAGED')) return { kind: 'altered', object, message: error.message }
    if (isRedomaError(error, 'OBJECT_UNREADABLE')) {
      const { message, hint } = error
      return { kind: 'unreadable', object, message, hint }
    }
    if (!isRedomaError(error, 'OBJECT_NOT_FOUND')) throw error
    return { kind: 'missing', object, message: `${object} was put there and is gone` }
  }
}

async function findUnlisted(
  { destination }: Target,
  expected: ReadonlyMap<ObjectName, LedgerEntry>,
  signal: AbortSignal,
): Promise<GlassProblem[]> {
  const problems: GlassProblem[] = []
  for (const folder of listedFolders) {
    for await (const { name } of destination.list(folder, signal)) {
      if (expected.has(name)) continue
      problems.push({ kind: 'unlisted', object: name, message: `${name} is there, but no ledger lists it` })
    }
  }
  return problems
}
