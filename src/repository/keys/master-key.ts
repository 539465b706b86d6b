import { bytesIn, fieldsOf } from '../encoding/fields.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { checkedKey, type SealingKey } from '../envelope/sealing-key.ts'

/** The master key as it lies, encrypted, in a key file. The caller wipes it. */
export function encodeMasterKey(key: SealingKey): Uint8Array {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const mac = { k: base64(key.macK), r: base64(key.macR) }
  return new Uint8Array(Buffer.from(JSON.stringify({ mac, encrypt: base64(key.encryption) })))
}

/** @throws RedomaError `DATA_DAMAGED` */
export function decodeMasterKey(json: Uint8Array): SealingKey {
  const fields = fieldsOf(parseJson(json))
  const mac = fieldsOf(fields['mac'])
  return checkedKey({
    encryption: bytesIn(fields, 'encrypt'),
    macK: bytesIn(mac, 'k'),
    macR: bytesIn(mac, 'r'),
  })
}
