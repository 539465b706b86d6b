import { RedomaError } from '../core/errors.ts'
import type { CredentialStore } from '../ports/catalogue.ts'

/**
 * Wants to be called in the transaction that changes the credential.
 *
 * @throws RedomaError `CHANGED_MEANWHILE`, `NOT_FOUND`
 */
export async function requireRevision(
  inside: CredentialStore,
  id: string,
  revision: number | undefined,
): Promise<void> {
  if (revision === undefined) return
  const { revision: known } = await inside.look(id)
  if (known === revision) return
  throw new RedomaError('CHANGED_MEANWHILE', 'somebody has changed this credential since it was read', {
    hint: 'Read it again, and decide on what it has become.',
  })
}
