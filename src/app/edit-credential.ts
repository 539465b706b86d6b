import type { PutOutcome } from '../ports/catalogue.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import type { CredentialDraft } from './add-credential.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { checkedCredential } from './checked-credential.ts'
import { findCredential } from './find-credential.ts'

/** What is named is replaced, with `undefined` taken away; the rest stays. */
export type CredentialChanges = {
  readonly [Name in keyof CredentialDraft]?: CredentialDraft[Name] | undefined
}

/**
 * Changes the credential of an id or title. A secret that gives way goes to its history.
 *
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, `USAGE`
 */
export type EditCredential = (text: string, changes: CredentialChanges) => Promise<PutOutcome>

export function makeEditCredential(deps: AuditedDeps): EditCredential {
  const { credentials } = deps.catalogue
  return async (text, changes) => {
    const id = await findCredential(credentials, text)
    const outcome = await credentials.atomically(async (inside) => {
      const known = await inside.get(id)
      // Without a time of its own the store dates the change, if it is one.
      const record = { ...known, ...(changes as Partial<CredentialRecord>), changedAt: undefined }
      return inside.put(checkedCredential(record))
    })
    if (outcome !== 'unchanged') await audit(deps, 'credential.edit', id, Object.keys(changes).join(', '))
    return outcome
  }
}
