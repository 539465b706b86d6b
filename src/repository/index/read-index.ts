import { idBytes, writeId } from '../ids.ts'
import { decodeIndex } from './decode-index.ts'
import { type IndexVisitor, scanIndex } from './scan-index.ts'

/**
 * Tells all that an index says, in its order, whatever its layout.
 *
 * @throws RedomaError `DATA_DAMAGED`; some of it may have been told by then
 */
export function readIndex(json: Uint8Array, visitor: IndexVisitor): void {
  if (scanIndex(json, visitor)) return
  const id = new Uint8Array(idBytes)
  decodeIndex(json, (pack, blobs) => {
    writeId(pack, id)
    visitor.pack(id)
    for (const blob of blobs) {
      writeId(blob.id, id)
      visitor.blob(blob.type, id, blob.offset, blob.length, blob.uncompressedLength)
    }
  })
}
