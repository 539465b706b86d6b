import { createHash } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Attachment } from '../../ports/credential.ts'
import type { InspectedCredential } from '../../ports/source.ts'
import { factsOf } from './content-of.ts'
import type { SeenCredential } from './judge-credential.ts'

/** Reads all of it, and attachments to their end where that is wanted: what is damaged is told, and never in a bundle. */
export async function seeCredential(
  catalogue: Pick<Catalogue, 'tagValues'>,
  source: string,
  credential: InspectedCredential,
  withAttachments: boolean,
  signal: AbortSignal,
): Promise<SeenCredential> {
  if (credential.kind === 'damaged') {
    const { id, facts, message } = credential
    return { source, id, facts, damage: message }
  }
  const { record } = credential
  const damages = await Array.fromAsync(withAttachments ? record.attachments : [], (attachment) =>
    damageOf(attachment, signal),
  )
  return {
    source,
    id: record.id,
    facts: factsOf(record),
    tags: catalogue.tagValues(source, record),
    damage: damages.find((damage) => damage !== undefined),
    filed: { folder: record.folder, owner: record.owner, tags: record.tags },
  }
}

async function damageOf(attachment: Attachment, signal: AbortSignal): Promise<string | undefined> {
  const { name, size, sha256 } = attachment
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of attachment.open()) {
      signal.throwIfAborted()
      hash.update(chunk)
      bytes += chunk.length
    }
  } catch (error) {
    if (!(error instanceof RedomaError)) throw error
    return `the attachment ${JSON.stringify(name)}: ${error.message}`
  }
  if (bytes === size && hash.digest('hex') === sha256) return undefined
  return `the attachment ${JSON.stringify(name)} is not what it was`
}
