import { RedomaError } from '../../core/errors.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { openBlob } from '../packs/open-blob.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import { packBytesOf, packHeaderOf } from '../packs/read-pack-header.ts'
import type { Repository } from '../repository.ts'
import type { ProblemList } from './problem-list.ts'

/** What the index says of a pack, against the pack's size at the destination. Its blobs are given in the order of their offsets. */
export function checkPackSize(blobs: readonly PackedBlob[], size: number | undefined): void {
  if (size === undefined) throw damaged('is missing')
  let offset = 0
  for (const blob of blobs) {
    if (blob.offset !== offset) throw damaged(`has a gap before the blob ${blob.id}, says the index`)
    offset += blob.length
  }
  const expected = packBytesOf(blobs)
  if (size !== expected) throw damaged(`has ${size} bytes, expected ${expected}`)
}

/** Every byte of a pack: its name, its header against the index, and each blob against its own name. */
export async function checkPackContent(
  repository: Repository,
  pack: { readonly id: ObjectId; readonly bytes: Uint8Array; readonly blobs: readonly PackedBlob[] },
  problems: ProblemList,
): Promise<void> {
  const { id, bytes, blobs } = pack
  const { envelope, primitives } = repository
  const hash = new Uint8Array(32)
  primitives.sha256(bytes, hash)
  if (objectIdFromBytes(hash) !== id) problems.add(`data/${id}`, 'its content does not match its name')
  await problems.attempt(`data/${id}`, () => {
    if (!sameBlobs(packHeaderOf(bytes, envelope), blobs)) throw damaged('has other blobs than the index says')
  })
  for (const blob of blobs) {
    await problems.attempt(`data/${id}`, () => {
      openBlob(blob, bytes.subarray(blob.offset, blob.offset + blob.length), envelope, primitives)
    })
  }
}

function sameBlobs(a: readonly PackedBlob[], b: readonly PackedBlob[]): boolean {
  return (
    a.length === b.length &&
    a.every((blob, i) => {
      const other = b[i]
      return (
        blob.id === other?.id &&
        blob.type === other.type &&
        blob.offset === other.offset &&
        blob.length === other.length &&
        blob.uncompressedLength === other.uncompressedLength
      )
    })
  )
}

function damaged(what: string): RedomaError {
  return new RedomaError('REPOSITORY_DAMAGED', `the pack ${what}`)
}
