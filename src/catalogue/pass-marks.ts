import { hkdfSync } from 'node:crypto'
import { wipe } from '../core/bytes.ts'
import { makeHmac } from '../crypto/hmac.ts'

/** HMAC-SHA-256 of a text, lower-case hex, under a key of its own: see `Pass`. */
export function makePassMac(instanceKey: Uint8Array): (text: string) => string {
  const key = new Uint8Array(hkdfSync('sha256', instanceKey, '', 'redoma passes 1', 32))
  const mac = makeHmac(key)
  wipe(key)
  return (text) => Buffer.from(mac(text)).toString('hex')
}
