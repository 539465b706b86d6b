import type { PutOutcome } from '../ports/catalogue.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import type { CredentialDraft } from './add-credential.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { checkedCredential } from './checked-credential.ts'
import { findCredential } from './find-credential.ts'
import { requireRevision } from './require-revision.ts'

/** What is named is replaced, with `undefined` taken away; the rest stays. */
export type CredentialChanges = {
  readonly [Name in keyof CredentialDraft]?: CredentialDraft[Name] | undefined
}

/**
 * Changes the credential of an id or title. A secret that gives way goes to its history.
 *
 * @param revision that the change was decided on; absent: whichever it has by now
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, `USAGE`, `CHANGED_MEANWHILE`
 */
export type EditCredential = (
  text: string,
  changes: CredentialChanges,
  revision?: number,
) => Promise<PutOutcome>

export function makeEditCredential(deps: AuditedDeps): EditCredential {
  const { credentials } = deps.catalogue
  return async (text, changes, revision) => {
    const id = await findCredential(credentials, text)
    const outcome = await credentials.atomically(async (inside) => {
      await requireRevision(inside, id, revision)
      const known = await inside.get(id)
      // Without a time of its own the store dates the change, if it is one.
      const record = { ...known, ...(changes as Partial<CredentialRecord>), changedAt: undefined }
      return inside.put(checkedCredential(record))
    })
    if (outcome !== 'unchanged') await audit(deps, 'credential.edit', id, Object.keys(changes).join(', '))
    return outcome
  }
}
