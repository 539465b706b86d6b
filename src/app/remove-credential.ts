import { type AuditedDeps, audit } from './audited.ts'
import { findCredential } from './find-credential.ts'

/**
 * Removes the credential of an id or title, with its history; bundles made before keep it.
 *
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`
 */
export type RemoveCredential = (text: string) => Promise<string>

export function makeRemoveCredential(deps: AuditedDeps): RemoveCredential {
  const { credentials } = deps.catalogue
  return async (text) => {
    const id = await findCredential(credentials, text)
    await credentials.remove(id)
    await audit(deps, 'credential.remove', id)
    return id
  }
}
