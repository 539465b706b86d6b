/*
 * The places of sealed values: the associated data that binds each ciphertext to its table, row and column
 * (docs/formats/catalogue.md). Ids are percent-encoded, so that no id can look like a longer place.
 */

/** What the check value says; it tells a wrong instance key before anything else is opened. */
export const checkText = 'redoma catalogue'

export const checkPlace = (instanceId: string): string => `instance/${encodeURIComponent(instanceId)}/check`
export const signingKeyPlace = (instanceId: string): string =>
  `instance/${encodeURIComponent(instanceId)}/signing-key`
export const repositoryPasswordPlace = (destinationId: string): string =>
  `destinations/${encodeURIComponent(destinationId)}/repository-password`
export const keptRequestPlace = (key: string): string => `kept-answers/${encodeURIComponent(key)}/request`

export const userRecordPlace = (id: string): string => `users/${encodeURIComponent(id)}/record`

export const approvalPlace = (id: number): string => `approvals/${id}/record`
export const secondPersonPlace = 'second-person/rules'
export const identityProviderPlace = 'identity-provider/record'

const credential = (id: string): string => `credentials/${encodeURIComponent(id)}`
export const secretPlace = (id: string): string => `${credential(id)}/secret`
export const notesPlace = (id: string): string => `${credential(id)}/notes`
export const totpPlace = (id: string): string => `${credential(id)}/totp`
export const fieldPlace = (id: string, position: number): string => `${credential(id)}/fields/${position}`
export const historyPlace = (id: string, position: number): string => `${credential(id)}/history/${position}`
export const attachmentDigestPlace = (id: string, attachmentId: string): string =>
  `${credential(id)}/attachments/${attachmentId}/sha256`
/** The mark of the last chunk is what shows an attachment that was cut off at the border of a chunk. */
export const attachmentChunkPlace = (
  id: string,
  attachmentId: string,
  position: number,
  isLast: boolean,
): string => `${credential(id)}/attachments/${attachmentId}/${position}/${isLast ? 'last' : 'more'}`
