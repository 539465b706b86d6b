import { createHash, randomBytes } from 'node:crypto'
import { wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { formatTime, nsOfDate } from '../encoding/rfc3339.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { type SealingKey, wipeSealingKey } from '../envelope/sealing-key.ts'
import { type ObjectId, parseObjectId } from '../ids.ts'
import { deriveKey, type ScryptCost } from './derive-key.ts'
import { encodeKeyFile, saltBytes } from './key-file.ts'
import { encodeMasterKey } from './master-key.ts'

/** 32 MiB of memory and about a tenth of a second; see docs/decisions/0004-repository-keys-by-scrypt.md. */
export const scryptCost: ScryptCost = { N: 32768, r: 8, p: 1 }

export interface NewKey {
  readonly masterKey: SealingKey
  readonly password: Secret
  readonly username: string
  readonly hostname: string
  readonly created: Date
  readonly cost?: ScryptCost
}

/**
 * A key file by which `password` opens what `masterKey` sealed. Its id is its name in `keys/`.
 *
 * @throws RedomaError `PASSWORD_WEAK` for an empty password: anyone who can read the destination could open the repository
 */
export async function createKey(
  key: NewKey,
  primitives: Primitives,
): Promise<{ readonly id: ObjectId; readonly bytes: Uint8Array }> {
  if (key.password.byteLength === 0) throw new RedomaError('PASSWORD_WEAK', 'a repository needs a password')
  const cost = key.cost ?? scryptCost
  const salt = randomBytes(saltBytes)
  const passwordKey = await deriveKey(key.password, salt, cost)
  const master = encodeMasterKey(key.masterKey)
  const data = makeEnvelope(passwordKey, primitives).seal(master)
  wipe(master)
  wipeSealingKey(passwordKey)
  const { username, hostname } = key
  const bytes = encodeKeyFile({
    created: formatTime(nsOfDate(key.created)),
    username,
    hostname,
    cost,
    salt,
    data,
  })
  return { id: parseObjectId(createHash('sha256').update(bytes).digest('hex')), bytes }
}
