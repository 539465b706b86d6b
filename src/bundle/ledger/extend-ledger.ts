import type { Secret } from '../../core/secret.ts'
import { signDetached } from '../../crypto/ssh-signature.ts'
import type { LedgerLine } from '../../ports/catalogue.ts'
import type { LedgerDraft } from './draft.ts'
import {
  beforeFirst,
  encodeLine,
  hashOfLine,
  type LedgerRecord,
  ledgerNamespace,
  ledgerVersion,
} from './line.ts'

/** Who writes, and when. */
export interface LedgerWriter {
  /** The instance's id. */
  readonly instance: string
  readonly signingKey: Secret
  readonly time: Date
}

/**
 * The lines that follow `lines` and say what `drafts` say: one each, and a signature over everything before itself.
 *
 * The signature is over the bytes of the file, not over the head's hash, so that anyone checks it with `ssh-keygen` alone.
 */
export function extendLedger(
  lines: readonly LedgerLine[],
  drafts: readonly LedgerDraft[],
  writer: LedgerWriter,
): LedgerLine[] {
  const added: LedgerLine[] = []
  const common = () => {
    const last = added.at(-1) ?? lines.at(-1)
    return {
      version: ledgerVersion,
      sequence: (last?.sequence ?? 0) + 1,
      previous: last === undefined ? beforeFirst : hashOfLine(last.line),
      instance: writer.instance,
      time: writer.time.toISOString(),
    } as const
  }
  const add = (record: LedgerRecord) => added.push({ sequence: record.sequence, line: encodeLine(record) })

  for (const draft of drafts) add({ ...common(), ...draft })
  const signed = encodeLedger([...lines, ...added])
  const signature = signDetached(writer.signingKey, ledgerNamespace, signed)
  add({ ...common(), kind: 'signature', signature })
  return added
}

/** The file `ledger.jsonl` that these lines make. */
export function encodeLedger(lines: readonly LedgerLine[]): Uint8Array {
  return new TextEncoder().encode(lines.map(({ line }) => `${line}\n`).join(''))
}
