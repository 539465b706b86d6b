import { wipe } from '../../core/bytes.ts'
import type { Attachment, CredentialRecord } from '../../ports/credential.ts'
import type { SourcedRecord } from './bundle-input.ts'
import { canonicalCredential, recordOfCanonical } from './canonical-credential.ts'

/** Credentials in memory while bundles are made of them; wiped with the scope, and not to be asked for after it. */
export interface KeptRecords extends Disposable {
  /** The same record, made anew whenever it is asked for: who wants it twice keeps it. */
  keep(source: string, record: CredentialRecord): SourcedRecord
}

const slabBytes = 1024 * 1024

/**
 * Keeps records as the bytes that they are in `secrets.json`: 700 bytes instead of 2,500 of objects for one with five former
 * values, outside the heap that is searched for garbage, and wiped for certain at the end, which no string of JavaScript is.
 */
export function keepRecords(): KeptRecords {
  const slabs: Buffer[] = []
  let slab = Buffer.alloc(0)
  let used = 0
  /** Room that is zero, and used once. */
  const roomFor = (bytes: number): void => {
    if (used + bytes <= slab.length) return
    slab = Buffer.alloc(Math.max(slabBytes, bytes))
    slabs.push(slab)
    used = 0
  }
  return {
    keep(source, record) {
      const text = canonicalCredential(record)
      // Three bytes a code unit at most; counted only where that might not fit.
      if (used + 3 * text.length > slab.length) roomFor(Buffer.byteLength(text))
      const start = used
      used += slab.write(text, start)
      return new KeptRecord(source, { slab, start, end: used }, record.attachments)
    },
    [Symbol.dispose]() {
      wipe(...slabs)
    },
  }
}

interface Place {
  readonly slab: Buffer
  readonly start: number
  readonly end: number
}

class KeptRecord implements SourcedRecord {
  readonly source: string
  readonly #place: Place
  readonly #attachments: readonly Attachment[]

  constructor(source: string, place: Place, attachments: readonly Attachment[]) {
    this.source = source
    this.#place = place
    this.#attachments = attachments
  }

  get canonical(): string {
    const { slab, start, end } = this.#place
    return slab.toString('utf8', start, end)
  }

  get record(): CredentialRecord {
    return recordOfCanonical(this.canonical, this.#attachments)
  }
}
