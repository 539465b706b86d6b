import type { CredentialRecord } from '../ports/credential.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { findCredential } from './find-credential.ts'

/**
 * The credential of an id or title. With `reveal`, the audit trail tells of it, before anything is shown.
 *
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`
 */
export type ShowCredential = (text: string, reveal: boolean) => Promise<CredentialRecord>

export function makeShowCredential(deps: AuditedDeps): ShowCredential {
  const { credentials } = deps.catalogue
  return async (text, reveal) => {
    const record = await credentials.get(await findCredential(credentials, text))
    if (reveal) await audit(deps, 'credential.reveal', record.id, record.title)
    return record
  }
}
