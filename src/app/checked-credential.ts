import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import { encodeCredential, parseCredential } from '../ports/credential-json.ts'

/**
 * The record, if it could go through a bundle and come back.
 *
 * @throws RedomaError `USAGE`, with the name of the field that is wrong and never with its value
 */
export function checkedCredential(record: CredentialRecord): CredentialRecord {
  try {
    return parseCredential(encodeCredential(record), ({ name }) => openNamed(record, name))
  } catch (error) {
    if (!isRedomaError(error, 'DATA_DAMAGED')) throw error
    throw new RedomaError('USAGE', `this is not a credential: ${error.message}`, { cause: error })
  }
}

function openNamed(record: CredentialRecord, name: string): AsyncIterable<Uint8Array> {
  const attachment = record.attachments.find((candidate) => candidate.name === name)
  if (attachment === undefined) throw new RedomaError('INTERNAL', 'an attachment without a name')
  return attachment.open()
}
