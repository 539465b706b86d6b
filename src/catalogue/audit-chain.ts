import { createHash, hkdfSync } from 'node:crypto'
import { wipe } from '../core/bytes.ts'
import { canonicalJson } from '../core/canonical-json.ts'
import { makeHmac } from '../crypto/hmac.ts'
import type { AuditEntry } from '../ports/audit-entry.ts'

/** HMAC-SHA-256 of a text, lower-case hex. */
export type AuditMac = (text: string) => string

/** Under a key of its own: who can write to the catalogue alone, as the administrator of its database can, makes no link that fits. */
export function makeAuditMac(instanceKey: Uint8Array): AuditMac {
  const key = new Uint8Array(hkdfSync('sha256', instanceKey, '', 'redoma audit trail 1', 32))
  const mac = makeHmac(key)
  wipe(key)
  return (text) => Buffer.from(mac(text)).toString('hex')
}

/**
 * The link of an entry: of what it says, and of the link before it, so that it stands for all that came before.
 *
 * @param before the link of the entry before, or what stands for those that have none
 */
export function linkOf(
  mac: AuditMac,
  before: string,
  { at, actor, action, subject, detail }: AuditEntry,
): string {
  return mac(canonicalJson([before, at.toISOString(), actor, action, subject, detail]))
}

/** Of entries without links, which an older Redoma wrote: what the first link is chained to. */
export function makeUnlinked(): { add(entry: AuditEntry): void; digest(): string } {
  const hash = createHash('sha256')
  return {
    add({ at, actor, action, subject, detail }) {
      hash.update(`${canonicalJson([at.toISOString(), actor, action, subject, detail])}\n`)
    },
    digest: () => hash.copy().digest('hex'),
  }
}
