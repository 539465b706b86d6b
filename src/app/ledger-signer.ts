import { publicKeyLine, sshFingerprint } from '../crypto/ssh-signature.ts'
import type { Catalogue } from '../ports/catalogue.ts'

/** `SHA256:…` of the key that signs this instance's ledgers: what people compare with their cards. */
export async function ledgerSignerOf(catalogue: Pick<Catalogue, 'signingKey'>): Promise<string> {
  return sshFingerprint(publicKeyLine(await catalogue.signingKey(), ''))
}
