import { isRedomaError, messageOf } from '../../core/errors.ts'
import { verifyDetached } from '../../crypto/ssh-signature.ts'
import type { LedgerLine } from '../../ports/catalogue.ts'
import {
  beforeFirst,
  hashOfLine,
  isSignature,
  type LedgerEntry,
  type LedgerRecord,
  ledgerNamespace,
  parseLine,
} from './line.ts'
import { linesOf } from './read-ledger.ts'
import { signedBy } from './signed-by.ts'

/** Something about a ledger that should not be. */
export interface LedgerFinding {
  readonly kind:
    | 'unreadable'
    | 'missing'
    | 'reordered'
    | 'altered'
    | 'foreign'
    | 'forged-signature'
    | 'unknown-signer'
    | 'unsigned-tail'
    | 'rolled-back'
  /** Of the line where it shows. */
  readonly sequence: number
  /** One line for a person. */
  readonly message: string
}

export interface LedgerTrust {
  /** The instance's id. */
  readonly instance: string
  /** `ssh-ed25519 AAAA…`: the key that must have signed. */
  readonly publicKey: string
  /** The newest line that is known to have been there. */
  readonly remembered?: LedgerLine | undefined
}

export interface LedgerVerdict {
  readonly entries: readonly LedgerEntry[]
  /** The newest line; its hash is what a witness keeps. */
  readonly head: { readonly sequence: number; readonly sha256: string }
  /** Empty: nobody but the instance wrote this ledger, and nothing of it is missing. */
  readonly findings: readonly LedgerFinding[]
}

interface PlacedRecord {
  readonly offset: number
  readonly text: string
  readonly record: LedgerRecord
}

/** Judges a ledger by itself, by the instance's key, and by what is remembered of it. Never throws for what is in it. */
export function verifyLedger(ledger: Uint8Array, trust: LedgerTrust): LedgerVerdict {
  const { placed, findings: unreadable } = readRecords(ledger)
  const findings = [
    ...unreadable,
    ...checkChain(placed),
    ...checkInstance(placed, trust),
    ...checkSignature(ledger, placed, trust),
    ...checkMemory(placed, trust.remembered),
  ]
  const last = placed.at(-1)
  return {
    entries: placed.flatMap(({ record }) => (isSignature(record) ? [] : [record])),
    head: {
      sequence: last?.record.sequence ?? 0,
      sha256: last === undefined ? beforeFirst : hashOfLine(last.text),
    },
    findings,
  }
}

/** All that can be read; the first line that cannot be read ends it, as nothing after it can be told for certain. */
function readRecords(ledger: Uint8Array): { placed: PlacedRecord[]; findings: LedgerFinding[] } {
  const placed: PlacedRecord[] = []
  try {
    for (const { offset, text } of linesOf(ledger)) placed.push({ offset, text, record: parseLine(text) })
    return { placed, findings: [] }
  } catch (error) {
    if (!isRedomaError(error)) throw error
    const sequence = (placed.at(-1)?.record.sequence ?? 0) + 1
    const message = `line ${placed.length + 1} cannot be read: ${messageOf(error)}`
    return { placed, findings: [{ kind: 'unreadable', sequence, message }] }
  }
}

function checkChain(placed: readonly PlacedRecord[]): LedgerFinding[] {
  return placed.flatMap(({ record }, index): LedgerFinding[] => {
    const before = placed[index - 1]
    const expected = (before?.record.sequence ?? 0) + 1
    const { sequence } = record
    if (sequence > expected) {
      return [{ kind: 'missing', sequence, message: `lines ${expected} to ${sequence - 1} are missing` }]
    }
    if (sequence < expected) {
      return [{ kind: 'reordered', sequence, message: `line ${sequence} stands after line ${expected - 1}` }]
    }
    if (record.previous === (before === undefined ? beforeFirst : hashOfLine(before.text))) return []
    const message = `line ${sequence - 1} is not the one that line ${sequence} was written after`
    return [{ kind: 'altered', sequence: Math.max(sequence - 1, 1), message }]
  })
}

function checkInstance(placed: readonly PlacedRecord[], trust: LedgerTrust): LedgerFinding[] {
  const foreign = placed.find(({ record }) => record.instance !== trust.instance)
  if (foreign === undefined) return []
  const { sequence, instance } = foreign.record
  return [{ kind: 'foreign', sequence, message: `line ${sequence} was written by instance ${instance}` }]
}

/** The last signature covers every byte before it, earlier signatures too, so it alone has to be checked. */
function checkSignature(
  ledger: Uint8Array,
  placed: readonly PlacedRecord[],
  trust: LedgerTrust,
): LedgerFinding[] {
  const at = placed.findLastIndex(({ record }) => isSignature(record))
  const signed = placed[at]
  const tail = placed.slice(at + 1)
  const [unsigned] = tail
  const findings: LedgerFinding[] =
    unsigned === undefined
      ? []
      : [
          {
            kind: 'unsigned-tail',
            sequence: unsigned.record.sequence,
            message: `the last ${tail.length} lines are not signed`,
          },
        ]
  if (signed === undefined || !isSignature(signed.record)) return findings
  const { signature, sequence, time } = signed.record
  // The one thing in a signature's line that nothing else vouches for: no signature covers itself.
  if (placed[at - 1]?.record.time !== time) {
    findings.push({
      kind: 'altered',
      sequence,
      message: `line ${sequence} has another time than what it signs`,
    })
  }
  const message = ledger.subarray(0, signed.offset)
  if (verifyDetached(trust.publicKey, ledgerNamespace, message, signature)) return findings
  findings.push(
    signedBy(trust.publicKey, signature)
      ? { kind: 'forged-signature', sequence, message: `the signature in line ${sequence} is not right` }
      : { kind: 'unknown-signer', sequence, message: `line ${sequence} is signed by an unknown key` },
  )
  return findings
}

function checkMemory(placed: readonly PlacedRecord[], remembered: LedgerLine | undefined): LedgerFinding[] {
  if (remembered === undefined) return []
  const { sequence } = remembered
  const there = placed.find(({ record }) => record.sequence === sequence)
  if (there === undefined) {
    const reached = placed.at(-1)?.record.sequence ?? 0
    const message = `the ledger ends at line ${reached}, but line ${sequence} was there before`
    return [{ kind: 'rolled-back', sequence, message }]
  }
  if (there.text === remembered.line) return []
  return [{ kind: 'altered', sequence, message: `line ${sequence} is not the one that was written` }]
}
