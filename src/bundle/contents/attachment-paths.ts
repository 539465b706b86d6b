import { withoutOuter } from '../../core/without-last.ts'
import type { Attachment, CredentialRecord } from '../../ports/credential.ts'

export interface PlacedAttachment {
  /** In the bundle: `attachments/0007-core-router/licence.pdf`. */
  readonly path: string
  readonly credential: string
  readonly attachment: Attachment
}

/**
 * Where the attachments lie in a bundle: under names that every file system takes, that people recognise, and that differ
 * by more than capital letters. The real names are in `secrets.json` and in the manifest.
 */
export function placeAttachments(records: readonly CredentialRecord[]): PlacedAttachment[] {
  return records.flatMap((record, index) => placeAttachmentsOf(record, index + 1))
}

/** @param number of the record in the bundle, from 1 */
export function placeAttachmentsOf(
  record: Pick<CredentialRecord, 'id' | 'title' | 'attachments'>,
  number: number,
): PlacedAttachment[] {
  if (record.attachments.length === 0) return []
  const folder = `${String(number).padStart(4, '0')}-${plainName(record.title, 40)}`
  const taken = new Set<string>()
  return record.attachments.map((attachment) => ({
    path: `attachments/${folder}/${freeName(plainName(attachment.name, 100), taken)}`,
    credential: record.id,
    attachment,
  }))
}

/** ASCII letters, digits, `.`, `_` and `-`, neither beginning nor ending with a dot. */
export function plainName(text: string, maximumLength: number): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .slice(-maximumLength)
  const named = withoutOuter(plain, '.')
  return named === '' ? '_' : named
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = `${count}-${wanted}`
  taken.add(name.toLowerCase())
  return name
}
