import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'
import { type ObjectName, parseObjectName } from '../../ports/destination.ts'

/*
 * One line of `ledger.jsonl` (docs/formats/ledger.md): canonical JSON, in a chain by the SHA-256 of the line before.
 */

export const ledgerVersion = 1
/** Namespace of the SSH signatures, so that a signature made for anything else is none here. */
export const ledgerNamespace = 'redoma-ledger'
/** What the first line names as the one before it. */
export const beforeFirst = '0'.repeat(64)
/** No line of ours comes near it; a foreign one must not fill the memory. */
export const maximumLineBytes = 64 * 1024

const armored =
  /^-----BEGIN SSH SIGNATURE-----\n(?:[A-Za-z0-9+/]{70}\n)*[A-Za-z0-9+/=]{1,70}\n-----END SSH SIGNATURE-----\n$/

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const common = {
  version: z.literal(ledgerVersion),
  /** 1, 2, 3 … without gaps. */
  sequence: z.int().positive(),
  time: z.iso.datetime(),
  instance: z.uuid(),
  /** SHA-256 of the line before, without its newline. */
  previous: hash,
}

const entryLine = z.strictObject({
  ...common,
  event: z.enum(['put', 'removed', 'noticed']),
  kind: z.enum(['bundle', 'recording', 'identity', 'document', 'ledger']),
  object: z.string().transform(objectName),
  bytes: z.int().nonnegative(),
  sha256: hash,
  detail: z.record(z.string(), z.union([z.string(), z.int()])),
})

const signatureLine = z.strictObject({
  ...common,
  kind: z.literal('signature'),
  /** Armored SSH signature over all bytes of the file before this line; in lines of 70, so that it has one text only. */
  signature: z.string().max(4096).regex(armored),
})

export type LedgerEntry = z.infer<typeof entryLine>
export type LedgerSignature = z.infer<typeof signatureLine>
export type LedgerRecord = LedgerEntry | LedgerSignature

export function isSignature(record: LedgerRecord): record is LedgerSignature {
  return record.kind === 'signature'
}

export function encodeLine(record: LedgerRecord): string {
  return canonicalJson(record)
}

/**
 * The only way in. A line that is not in canonical form is refused: two spellings of one fact would have two hashes.
 *
 * @throws RedomaError `DATA_DAMAGED`
 */
export function parseLine(line: string): LedgerRecord {
  const parsed = z.union([entryLine, signatureLine]).safeParse(jsonOf(line))
  if (!parsed.success || encodeLine(parsed.data) !== line) {
    throw new RedomaError('DATA_DAMAGED', 'not a line of a ledger')
  }
  return parsed.data
}

/** What the next line gives as `previous`. */
export function hashOfLine(line: string): string {
  return createHash('sha256').update(line).digest('hex')
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function objectName(text: string, context: z.RefinementCtx): ObjectName {
  try {
    return parseObjectName(text)
  } catch {
    context.addIssue('not the name of an object')
    return z.NEVER
  }
}
