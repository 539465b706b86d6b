import type { LedgerLine } from '../../ports/catalogue.ts'
import { encodeLedger } from './extend-ledger.ts'
import { linesOf } from './read-ledger.ts'
import { verifyLedger } from './verify-ledger.ts'

/** What the ledger at a destination is, seen from what this instance remembers of it. */
export type LedgerState =
  /** What was delivered, or more of what was written for it: a run may have died before it knew. */
  | { readonly kind: 'expected'; readonly reached: number }
  /** Ours, and longer than we remember: the instance itself was restored from an older backup. */
  | { readonly kind: 'ahead'; readonly lines: readonly LedgerLine[] }
  | { readonly kind: 'missing' }
  | { readonly kind: 'rolled-back'; readonly reached: number }
  | { readonly kind: 'altered' }
  | { readonly kind: 'foreign' }

export interface LedgerMemory {
  readonly lines: readonly LedgerLine[]
  /** The last sequence that is known to have reached the destination; 0 when none has. */
  readonly acknowledged: number
}

/** Decides, without doing anything. `found` is `undefined` where there is no ledger. */
export function compareLedger(
  found: Uint8Array | undefined,
  memory: LedgerMemory,
  signer: { readonly instance: string; readonly publicKey: string },
): LedgerState {
  if (found === undefined || found.length === 0) {
    return memory.acknowledged === 0 ? { kind: 'expected', reached: 0 } : { kind: 'missing' }
  }
  const written = encodeLedger(memory.lines)
  if (startsWith(written, found) && found.at(-1) === 0x0a) {
    const reached = memory.lines[countLines(found) - 1]?.sequence ?? 0
    return { kind: reached >= memory.acknowledged ? 'expected' : 'rolled-back', reached }
  }
  const { findings } = verifyLedger(found, signer)
  if (findings.length === 0 && startsWith(found, written)) {
    return { kind: 'ahead', lines: linesAfter(found, written.length, memory.lines.length) }
  }
  const isForeign = findings.some(({ kind }) => kind === 'foreign' || kind === 'unknown-signer')
  return { kind: isForeign ? 'foreign' : 'altered' }
}

function startsWith(whole: Uint8Array, start: Uint8Array): boolean {
  return Buffer.compare(whole.subarray(0, start.length), start) === 0
}

function countLines(ledger: Uint8Array): number {
  return [...linesOf(ledger)].length
}

function linesAfter(ledger: Uint8Array, offset: number, count: number): LedgerLine[] {
  // Its chain was verified: lines are numbered from 1 without gaps.
  return [...linesOf(ledger)]
    .filter((line) => line.offset >= offset)
    .map(({ text }, index) => ({ sequence: count + index + 1, line: text }))
}
