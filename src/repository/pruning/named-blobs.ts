import { type BlobId, writeId } from '../ids.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import { everyId, scanNodes } from '../trees/scan-tree.ts'

/** It is handed 32 bytes, good until the next. */
type Visit = (type: BlobType, id: Uint8Array) => void

const id = new Uint8Array(32)

/**
 * Every blob that a tree names, some perhaps twice. A tree in another layout than ours and restic's is decoded in whole, which
 * is ten times as slow.
 *
 * @throws RedomaError `DATA_DAMAGED`, and what `visit` throws
 */
export function visitNamedBlobs(tree: Uint8Array, visit: Visit): void {
  const isKnown = scanNodes(tree, (_name, { content, subtree }) => {
    if (subtree !== undefined) visitId('tree', subtree, visit)
    return content === 'null' || everyId(content, (chunk) => visitData(chunk, visit))
  })
  if (isKnown) return
  for (const { content = [], subtree } of decodeTree(tree)) {
    if (subtree !== undefined) visitId('tree', subtree, visit)
    for (const chunk of content) visitId('data', chunk, visit)
  }
}

function visitId(type: BlobType, blob: BlobId, visit: Visit): void {
  writeId(blob, id)
  visit(type, id)
}

function visitData(chunk: Uint8Array, visit: Visit): true {
  visit('data', chunk)
  return true
}
