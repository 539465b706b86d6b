import { hkdfSync } from 'node:crypto'
import { wipe } from '../core/bytes.ts'
import { makeHmac } from '../crypto/hmac.ts'
import type { ValueTags } from '../ports/bundle-store.ts'
import type { CredentialRecord } from '../ports/credential.ts'

/** Enough that no two values of one credential ever share a mark, and half of what the whole would take in the catalogue. */
const tagBytes = 16

/** Marks values under a key of its own, so that neither this nor the sealing tells anything about the other. */
export function makeTagger(instanceKey: Uint8Array): (source: string, record: CredentialRecord) => ValueTags {
  const key = new Uint8Array(hkdfSync('sha256', instanceKey, '', 'redoma bundle contents 1', 32))
  const mac = makeHmac(key)
  wipe(key)
  return (source, record) => tagValues(mac, source, record)
}

/**
 * HMAC-SHA-256 over source, id and value. With the id in it, the same password at two credentials has two marks: the catalogue does not tell that
 * it is the same. Without the value's name: a password that was moved to another field is still the one that was seen.
 */
function tagValues(mac: ReturnType<typeof makeHmac>, source: string, record: CredentialRecord): ValueTags {
  const tags: Record<string, string> = {}
  const tag = (name: string, value: string): void => {
    let free = name
    // Fields may share a name.
    for (let number = 2; Object.hasOwn(tags, free); number++) free = `${name}#${number}`
    const whole = mac(JSON.stringify([source, record.id, value]))
    tags[free] = Buffer.from(whole.buffer, whole.byteOffset, tagBytes).toString('base64url')
  }
  if (record.secret !== undefined) tag('secret', record.secret.reveal())
  if (record.totp !== undefined) tag('totp', record.totp.reveal())
  if (record.notes !== undefined) tag('notes', record.notes.reveal())
  for (const { name, value, hidden } of record.fields)
    tag(`${hidden ? 'hidden' : 'shown'}/${name}`, value.reveal())
  for (const { name, sha256 } of record.attachments) tag(`attachment/${name}`, sha256)
  return tags
}
