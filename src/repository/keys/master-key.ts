import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { checkedKey, type SealingKey } from '../envelope/sealing-key.ts'

const schema = z.object({
  mac: z.object({ k: z.base64(), r: z.base64() }),
  encrypt: z.base64(),
})

/** The master key as it lies, encrypted, in a key file. The caller wipes it. */
export function encodeMasterKey(key: SealingKey): Uint8Array {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const mac = { k: base64(key.macK), r: base64(key.macR) }
  return new Uint8Array(Buffer.from(JSON.stringify({ mac, encrypt: base64(key.encryption) })))
}

/** @throws RedomaError `DATA_DAMAGED` */
export function decodeMasterKey(json: Uint8Array): SealingKey {
  const parsed = schema.safeParse(parseJson(json))
  if (!parsed.success) throw new RedomaError('DATA_DAMAGED', 'a key file holds no master key')
  const { mac, encrypt } = parsed.data
  return checkedKey({ encryption: fromBase64(encrypt), macK: fromBase64(mac.k), macR: fromBase64(mac.r) })
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
