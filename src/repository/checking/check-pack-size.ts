import { RedomaError } from '../../core/errors.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import { packBytesOf } from '../packs/read-pack-header.ts'

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

function damaged(what: string): RedomaError {
  return new RedomaError('REPOSITORY_DAMAGED', `the pack ${what}`)
}
