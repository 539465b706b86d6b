import { RedomaError } from '../../core/errors.ts'
import type { LedgerLine } from '../../ports/catalogue.ts'
import { hashOfLine, parseLine } from './line.ts'
import { linesOf } from './read-ledger.ts'

/** The newest line of a ledger. Who keeps it can tell later whether the ledger that he is shown is the one that was. */
export interface LedgerHead {
  readonly sequence: number
  /** UTC, ISO 8601. */
  readonly time: string
  /** Of the line, without its newline; lower-case hex. */
  readonly sha256: string
}

/** `undefined` where nothing was ever written. @throws RedomaError `DATA_DAMAGED` */
export function headOf(lines: readonly LedgerLine[]): LedgerHead | undefined {
  const last = lines.at(-1)
  if (last === undefined) return undefined
  return { sequence: last.sequence, time: parseLine(last.line).time, sha256: hashOfLine(last.line) }
}

/** The fields by which mails, logs and other witnesses tell of a head. */
export interface HeadFields extends LedgerHead {
  /** The instance's UUID. */
  readonly instance: string
  readonly destination: string
  /** `128:3f2a-9c01-…`: number of the line and 80 bits of its hash, short enough to be written down. */
  readonly short: string
}

export function headFields(instance: string, destination: string, head: LedgerHead): HeadFields {
  const groups = head.sha256.slice(0, shortDigits).match(/.{4}/g) ?? []
  return { instance, destination, ...head, short: `${head.sequence}:${groups.join('-')}` }
}

/** Of a hash: nobody makes another line that begins with the same 80 bits. */
const shortDigits = 20

/** What a witness kept: a whole hash, or how one begins, and perhaps the number of the line. */
export interface KeptHead {
  readonly sequence?: number
  readonly start: string
}

/**
 * A head as it was printed, written down or kept as JSON.
 *
 * @throws RedomaError `USAGE` for what is none, or too short to prove anything
 */
export function parseHead(text: string): KeptHead {
  const [, sequence, digits = ''] = /^(?:(\d{1,15})\s*:)?([\s0-9a-f-]+)$/i.exec(text.trimStart()) ?? []
  const start = digits.replaceAll(/[\s-]/g, '').toLowerCase()
  if (start.length >= shortDigits && start.length <= 64) {
    return sequence === undefined ? { start } : { sequence: Number(sequence), start }
  }
  const named = headInJson(text)
  if (named !== undefined) return named
  throw new RedomaError('USAGE', 'this is no head of a ledger', {
    hint: `It is what "redoma glass head" prints: 128:3f2a-9c01-…, or at least ${shortDigits} of the 64 digits.`,
  })
}

function headInJson(text: string): KeptHead | undefined {
  const sha256 = /"sha256"\s*:\s*"([0-9a-f]{64})"/.exec(text)?.[1]
  const sequence = /"sequence"\s*:\s*(\d{1,15})\b/.exec(text)?.[1]
  if (sha256 === undefined) return undefined
  return sequence === undefined ? { start: sha256 } : { sequence: Number(sequence), start: sha256 }
}

/** Whether a ledger holds the line that a witness kept the hash of; what cannot be read of it holds nothing. */
export function holdsHead(ledger: Uint8Array, { sequence, start }: KeptHead): boolean {
  let number = 0
  try {
    for (const { text } of linesOf(ledger)) {
      number++
      if ((sequence ?? number) === number && hashOfLine(text).startsWith(start)) return true
    }
  } catch (error) {
    if (!(error instanceof RedomaError)) throw error
  }
  return false
}
