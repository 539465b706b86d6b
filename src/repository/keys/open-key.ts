import { wipe } from '../../core/bytes.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { type SealingKey, wipeSealingKey } from '../envelope/sealing-key.ts'
import type { ObjectId } from '../ids.ts'
import { deriveKey } from './derive-key.ts'
import { decodeKeyFile } from './key-file.ts'
import { decodeMasterKey } from './master-key.ts'

/** Each key file costs a fifth of a second to try; restic stops at as many. */
const maxKeyFiles = 20

export interface OpenedKey {
  readonly id: ObjectId
  readonly masterKey: SealingKey
}

/**
 * The master key out of the first key file that `password` opens. Damaged key files are passed over: another may be whole.
 *
 * @throws RedomaError `KEY_WRONG` when none opens, with the last problem of a damaged one as cause
 */
export async function openFirstKey(
  keyFiles: AsyncIterable<{ readonly id: ObjectId; readonly bytes: Uint8Array }>,
  password: Secret,
  primitives: Primitives,
): Promise<OpenedKey> {
  let problem: unknown
  let there = 0
  for await (const { id, bytes } of keyFiles) {
    there += 1
    if (there > maxKeyFiles) continue
    try {
      const masterKey = await openKey(bytes, password, primitives)
      if (masterKey !== undefined) return { id, masterKey }
    } catch (error) {
      if (!isRedomaError(error)) throw error
      problem = error
    }
  }
  const untried = there > maxKeyFiles ? `: ${maxKeyFiles} of ${there} keys were tried` : ''
  throw new RedomaError('KEY_WRONG', `the password opens none of the keys of the repository${untried}`, {
    cause: problem,
  })
}

/**
 * The master key out of one key file; `undefined` when the password is not its.
 *
 * @throws RedomaError `DATA_DAMAGED`, `LIMIT_EXCEEDED`
 */
export async function openKey(
  keyFile: Uint8Array,
  password: Secret,
  primitives: Primitives,
): Promise<SealingKey | undefined> {
  const { salt, cost, data } = decodeKeyFile(keyFile)
  const passwordKey = await deriveKey(password, salt, cost)
  try {
    const json = openEnvelope(data, passwordKey, primitives)
    if (json === undefined) return undefined
    const masterKey = decodeMasterKey(json)
    wipe(json)
    return masterKey
  } finally {
    wipeSealingKey(passwordKey)
  }
}

function openEnvelope(data: Uint8Array, key: SealingKey, primitives: Primitives): Uint8Array | undefined {
  try {
    return makeEnvelope(key, primitives).open(data)
  } catch (error) {
    if (isRedomaError(error, 'DATA_DAMAGED')) return undefined
    throw error
  }
}
