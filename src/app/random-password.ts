import { randomBytes } from 'node:crypto'
import { Secret } from '../core/secret.ts'

/** Of a repository: 192 bits, in letters that no shell and no keyboard gets wrong. */
export function randomPassword(): Secret {
  return new Secret(randomBytes(24).toString('base64url'))
}
