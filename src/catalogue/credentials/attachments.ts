import { createHash } from 'node:crypto'
import { z } from 'zod'
import { concatBytes, toHex } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Attachment } from '../../ports/credential.ts'
import { attachmentChunkPlace } from '../places.ts'
import { column, parseRow } from '../rows.ts'
import type { SealedValues } from '../sealed-values.ts'
import type { Database } from '../tables.ts'

/** What is sealed at a time: memory stays small however large the attachment is. */
export const chunkBytes = 256 * 1024

export interface AttachmentPlace {
  readonly id: string
  readonly credentialId: string
  readonly size: number
}

/**
 * The content, chunk by chunk, each authenticated before it is given.
 *
 * @throws RedomaError `INSTANCE_KEY_WRONG`, `CATALOGUE_DAMAGED` when a chunk is missing
 */
export async function* openAttachment(
  db: Database,
  sealed: SealedValues,
  { id, credentialId, size }: AttachmentPlace,
): AsyncGenerator<Uint8Array> {
  const last = lastPosition(size)
  for (let position = 0; position <= last; position++) {
    const row = await db
      .selectFrom('attachment_chunk')
      .select('sealed_content')
      .where('attachment_id', '=', id)
      .where('position', '=', position)
      .executeTakeFirst()
    const { sealed_content } = parseRow(chunkRow, row)
    const place = attachmentChunkPlace(credentialId, id, position, position === last)
    yield sealed.openBytes(place, sealed_content)
  }
}

const chunkRow = z.object({ sealed_content: column.bytes })

/** @throws RedomaError `DATA_DAMAGED` when the content is not what the attachment's size and SHA-256 say */
export async function writeAttachment(
  db: Database,
  sealed: SealedValues,
  { id, credentialId, size }: AttachmentPlace,
  attachment: Attachment,
): Promise<void> {
  const digest = createHash('sha256')
  const last = lastPosition(size)
  let position = 0
  let written = 0
  for await (const chunk of cutInChunks(attachment.open())) {
    digest.update(chunk)
    written += chunk.length
    if (written > size) throw different(attachment)
    const place = attachmentChunkPlace(credentialId, id, position, position === last)
    const row = { attachment_id: id, position, sealed_content: sealed.sealBytes(place, chunk) }
    await db.insertInto('attachment_chunk').values(row).execute()
    position++
  }
  if (written !== size || toHex(digest.digest()) !== attachment.sha256) throw different(attachment)
}

function lastPosition(size: number): number {
  return Math.max(0, Math.ceil(size / chunkBytes) - 1)
}

/** Chunks of `chunkBytes`, the last one shorter; a single empty one of what is empty. */
async function* cutInChunks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0)
  let yielded = false
  for await (const bytes of content) {
    rest = rest.length === 0 ? bytes : concatBytes([rest, bytes])
    while (rest.length >= chunkBytes) {
      yield rest.subarray(0, chunkBytes)
      yielded = true
      rest = rest.subarray(chunkBytes)
    }
  }
  if (rest.length > 0 || !yielded) yield rest
}

function different(attachment: Attachment): RedomaError {
  const name = JSON.stringify(attachment.name)
  return new RedomaError('DATA_DAMAGED', `attachment ${name} is not what its size and SHA-256 say`)
}
