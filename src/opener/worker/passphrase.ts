import { quorumPassphrase } from '../../bundle/shares/quorum-passphrase.ts'
import { wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { combineShares } from '../../crypto/slip39/combine-shares.ts'
import { parseShare } from '../../crypto/slip39/parse-share.ts'
import type { OpeningKey } from '../protocol.ts'

/** What an identity file is wrapped with. @throws RedomaError `KEY_WRONG`; what cards throw */
export async function passphraseOf(key: OpeningKey): Promise<Secret> {
  switch (key.kind) {
    case 'password':
      return new Secret(key.text)
    case 'cards':
      return passphraseOfCards(key.shares)
    case 'none':
      throw new RedomaError('KEY_WRONG', 'this identity file needs a password')
  }
}

function passphraseOfCards(cards: readonly string[]): Secret {
  const secret = combineShares(cards.map((words) => parseShare(words)))
  const passphrase = quorumPassphrase(secret)
  wipe(secret)
  return passphrase
}
