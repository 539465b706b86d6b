import { toHex } from '../../core/bytes.ts'
import { Secret } from '../../core/secret.ts'

/** What opens `identity.quorum.age`: the secret that the shares make, as 32 lower-case hex digits, so that any program that knows SLIP-39 gives it. */
export function quorumPassphrase(secret: Uint8Array): Secret {
  return new Secret(toHex(secret))
}
