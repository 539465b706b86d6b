import { RedomaError } from '../../core/errors.ts'
import { bytesIn, countIn, fieldsOf, optionalTextIn } from '../encoding/fields.ts'
import { goJsonString } from '../encoding/go-json.ts'
import { parseJson } from '../encoding/parse-json.ts'
import type { ScryptCost } from './derive-key.ts'

/** A key file's content (`keys/<id>`): the only file of a repository that is not encrypted as a whole. */
export interface KeyFile {
  /** RFC 3339. */
  readonly created: string
  readonly username: string
  readonly hostname: string
  readonly cost: ScryptCost
  /** 64 bytes. */
  readonly salt: Uint8Array
  /** The master key, sealed with the key that the password stands for. */
  readonly data: Uint8Array
}

export const saltBytes = 64
/** Real ones have less than 1 KiB. */
const maxKeyFileBytes = 64 * 1024

export function encodeKeyFile(file: KeyFile): Uint8Array {
  const { N, r, p } = file.cost
  const base64 = (bytes: Uint8Array): string => `"${Buffer.from(bytes).toString('base64')}"`
  const who = `"username":${goJsonString(file.username)},"hostname":${goJsonString(file.hostname)}`
  const how = `"kdf":"scrypt","N":${N},"r":${r},"p":${p},"salt":${base64(file.salt)}`
  return new Uint8Array(
    Buffer.from(`{"created":${goJsonString(file.created)},${who},${how},"data":${base64(file.data)}}`),
  )
}

/** @throws RedomaError `DATA_DAMAGED`, `LIMIT_EXCEEDED` */
export function decodeKeyFile(bytes: Uint8Array): KeyFile {
  if (bytes.length > maxKeyFileBytes) throw new RedomaError('LIMIT_EXCEEDED', 'a key file of absurd length')
  const fields = fieldsOf(parseJson(bytes))
  if (fields['kdf'] !== 'scrypt') throw new RedomaError('DATA_DAMAGED', 'not a key file')
  const cost = { N: countIn(fields, 'N'), r: countIn(fields, 'r'), p: countIn(fields, 'p') }
  if (cost.N === 0 || cost.r === 0 || cost.p === 0)
    throw new RedomaError('DATA_DAMAGED', 'the cost of a key file is not possible')
  const salt = bytesIn(fields, 'salt')
  if (salt.length !== saltBytes)
    throw new RedomaError('DATA_DAMAGED', 'the salt of a key file is not 64 bytes')
  return {
    created: optionalTextIn(fields, 'created') ?? '',
    username: optionalTextIn(fields, 'username') ?? '',
    hostname: optionalTextIn(fields, 'hostname') ?? '',
    cost,
    salt,
    data: bytesIn(fields, 'data'),
  }
}
