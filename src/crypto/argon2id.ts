import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { withoutLast } from '../core/without-last.ts'

/** RFC 9106, 4: the second recommended choice, for where 2 GiB a hash are too much. `memory` in KiB. */
const parameters = { memory: 64 * 1024, passes: 3, parallelism: 4 } as const
const saltBytes = 16
const tagBytes = 32

const derive = promisify(argon2)

/** A hash of a password with a new salt, as a PHC string. Takes 64 MiB and a quarter of a second. */
export async function hashPassword(password: Secret): Promise<Secret> {
  const salt = randomBytes(saltBytes)
  const tag = await tagOf(password, salt, parameters)
  const { memory, passes, parallelism } = parameters
  const settings = `m=${memory},t=${passes},p=${parallelism}`
  return new Secret(`$argon2id$v=19$${settings}$${unpadded(salt)}$${unpadded(tag)}`)
}

/** @throws RedomaError `DATA_DAMAGED` for what is no such hash, or would take more than one of ours */
export async function isPasswordOf(hash: Secret, password: Secret): Promise<boolean> {
  const { salt, tag, settings } = parse(hash)
  return timingSafeEqual(await tagOf(password, salt, settings), tag)
}

type Settings = Readonly<Record<keyof typeof parameters, number>>

function tagOf(password: Secret, nonce: Uint8Array, settings: Settings): Promise<Buffer> {
  return derive('argon2id', { ...settings, message: password.reveal(), nonce, tagLength: tagBytes })
}

const form = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

function parse(hash: Secret): { salt: Uint8Array; tag: Uint8Array; settings: Settings } {
  const [, memory, passes, parallelism, salt = '', tag = ''] = form.exec(hash.reveal()) ?? []
  const settings = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  if (!(settings.memory <= 1024 * 1024 && settings.passes > 0 && settings.parallelism > 0))
    throw new RedomaError('DATA_DAMAGED', 'this is no hash of a password')
  return { salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64'), settings }
}

function unpadded(bytes: Uint8Array): string {
  return withoutLast(Buffer.from(bytes).toString('base64'), '=')
}
