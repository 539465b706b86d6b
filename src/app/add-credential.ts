import { randomUUID } from 'node:crypto'
import type { CredentialRecord } from '../ports/credential.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { checkedCredential } from './checked-credential.ts'

/** A credential as a person enters it: the catalogue gives it an id and a history. */
export type CredentialDraft = Omit<CredentialRecord, 'id' | 'history' | 'createdAt' | 'changedAt'>

/**
 * Registers a new credential and returns its id.
 *
 * @throws RedomaError `USAGE`
 */
export type AddCredential = (draft: CredentialDraft) => Promise<string>

export function makeAddCredential(deps: AuditedDeps): AddCredential {
  return async (draft) => {
    const now = deps.clock.now()
    const id = randomUUID()
    const record = { ...draft, id, history: [], createdAt: now, changedAt: now }
    await deps.catalogue.credentials.put(checkedCredential(record))
    await audit(deps, 'credential.add', id, draft.title)
    return id
  }
}
