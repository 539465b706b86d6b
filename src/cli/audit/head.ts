import { RedomaError } from '../../core/errors.ts'
import type { AuditHead } from '../../ports/catalogue.ts'

/**
 * `812:5f0c…`, as `audit verify` prints it.
 *
 * @throws RedomaError `USAGE`
 */
export function parseAuditHead(text: string): AuditHead {
  const [, entries, link] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? []
  if (entries !== undefined && link !== undefined) return { entries: Number(entries), link }
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is no head of an audit trail`, {
    hint: 'Heads are a number, a colon and 64 hex digits: redoma audit verify prints one.',
  })
}
