import type { Attachment, CredentialRecord } from '../../ports/credential.ts'
import { type PlacedAttachment, placeAttachmentsOf } from './attachment-paths.ts'
import { bitwardenFolders, bitwardenFrame, bitwardenItem } from './bitwarden-json.ts'
import type { CredentialFiles, SourcedRecord } from './bundle-input.ts'
import { canonicalCredential, plainCredential, recordOfCanonical } from './canonical-credential.ts'
import { uniqueId } from './credential-ids.ts'
import type { Manifest } from './manifest.ts'
import { csvHead, csvRow } from './secrets-csv.ts'
import { secretsJsonFrame } from './secrets-json.ts'
import { type SlabPlace, Slabs } from './slabs.ts'

/** Credentials in memory while bundles are made of them; wiped with the scope, and not to be asked for after it. */
export interface KeptRecords extends Disposable {
  /** The same record, made anew whenever it is asked for: who wants it twice keeps it. */
  keep(source: string, record: CredentialRecord): SourcedRecord
  /** All that were kept. */
  readonly files: CredentialFiles
}

/**
 * Keeps records as the bytes that they are in each file of a bundle: all that is ever written of one is made while it is there as an
 * object, once. Of a hundred thousand with five former values that is 170 MB; to keep the objects would take 250 MB of the heap, and
 * to make them again for each file two seconds.
 */
export function keepRecords(): KeptRecords {
  const [canonical, rows, items] = [new Slabs(), new Slabs(), new Slabs()]
  const survey = new Survey()
  const folders = bitwardenFolders()
  return {
    keep(source, record) {
      const plain = plainCredential(record, uniqueId(source, record.id))
      const separator = survey.count === 0 ? '' : ','
      const place = canonical.add(canonicalCredential(plain), separator)
      rows.add(csvRow(plain))
      items.add(bitwardenItem(plain, folders), separator)
      survey.takeIn(source, { ...record, id: plain.id })
      return new KeptRecord(source, place, record, plain.id === record.id ? undefined : record.id)
    },
    files: {
      secretsJson: () => framed(secretsJsonFrame, canonical.pieces()),
      secretsCsv: () => framed({ before: csvHead, after: '' }, rows.lastPieces()),
      bitwardenJson: () => framed(bitwardenFrame(folders), items.lastPieces()),
      get counts() {
        return survey.counts()
      },
      attachments: survey.attachments,
    },
    [Symbol.dispose]() {
      for (const slabs of [canonical, rows, items]) slabs.wipe()
    },
  }
}

async function* framed(
  { before, after }: { readonly before: string; readonly after: string },
  pieces: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode(before)
  yield* pieces
  if (after !== '') yield encoder.encode(after)
}

/** What is known of all records when they have been gone through once. */
class Survey {
  readonly attachments: PlacedAttachment[] = []
  count = 0
  #formerSecrets = 0
  readonly #sources = new Map<string, number>()

  takeIn(source: string, record: CredentialRecord): void {
    this.count++
    this.#formerSecrets += record.history.length
    this.#sources.set(source, (this.#sources.get(source) ?? 0) + 1)
    this.attachments.push(...placeAttachmentsOf(record, this.count))
  }

  counts(): Manifest['counts'] {
    return {
      credentials: this.count,
      formerSecrets: this.#formerSecrets,
      attachments: this.attachments.length,
      sources: Object.fromEntries(this.#sources),
    }
  }
}

const noAttachments: readonly Attachment[] = []

class KeptRecord implements SourcedRecord {
  readonly source: string
  readonly #slab: Buffer
  readonly #start: number
  readonly #end: number
  readonly #attachments: readonly Attachment[]
  readonly #changedAtMs: number | undefined
  /** Where it is not the one in the bundle. */
  readonly #ownId: string | undefined

  constructor(
    source: string,
    { slab, start, end }: SlabPlace,
    { attachments, changedAt }: CredentialRecord,
    ownId: string | undefined,
  ) {
    this.source = source
    this.#slab = slab
    this.#start = start
    this.#end = end
    this.#attachments = attachments.length === 0 ? noAttachments : attachments
    this.#changedAtMs = changedAt?.getTime()
    this.#ownId = ownId
  }

  get changedAt(): Date | undefined {
    return this.#changedAtMs === undefined ? undefined : new Date(this.#changedAtMs)
  }

  get record(): CredentialRecord {
    const text = this.#slab.toString('utf8', this.#start, this.#end)
    const record = recordOfCanonical(text, this.#attachments)
    return this.#ownId === undefined ? record : { ...record, id: this.#ownId }
  }
}
