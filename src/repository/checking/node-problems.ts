import type { BlobIndex } from '../blob-index/blob-index.ts'
import { envelopeOverhead } from '../envelope/envelope.ts'
import { type BlobId, writeId } from '../ids.ts'
import { compareNames } from '../trees/name-order.ts'
import type { TreeNode } from '../trees/node.ts'

/** What is wrong with two neighbours in a tree: programs that compare trees rely on their order. */
export function orderProblem(previous: TreeNode | undefined, node: TreeNode): string | undefined {
  const order = previous === undefined ? -1 : compareNames(previous.name, node.name)
  if (order < 0) return undefined
  return order === 0 ? 'is there twice' : 'is not in its place: the names of the folder are not in order'
}

const scratch = new Uint8Array(32)

/** What is wrong with one node, as far as the index can tell. */
export function nodeProblem(node: TreeNode, blobs: BlobIndex): string | undefined {
  switch (node.type) {
    case 'file':
      return contentProblem(node, blobs)
    case 'dir':
      if (node.subtree === undefined) return 'is a folder without a tree'
      return has(blobs, 'tree', node.subtree) ? undefined : `its tree ${node.subtree} is in no index`
    case 'symlink':
      return node.linkTarget === undefined ? 'is a symbolic link to nowhere' : undefined
    case 'irregular':
      return 'is of a type that no program can restore'
    case 'dev':
    case 'chardev':
    case 'fifo':
    case 'socket':
      return undefined
  }
}

function contentProblem({ content, size = 0 }: TreeNode, blobs: BlobIndex): string | undefined {
  if (content === undefined) return 'is a file without a list of chunks'
  let bytes = 0
  for (const id of content) {
    writeId(id, scratch)
    const place = blobs.find('data', scratch)
    if (place === undefined) return `its chunk ${id} is in no index`
    bytes += place.uncompressedLength > 0 ? place.uncompressedLength : place.length - envelopeOverhead
  }
  return bytes === size ? undefined : `has ${bytes} bytes of content, but says ${size}`
}

function has(blobs: BlobIndex, type: 'tree' | 'data', id: BlobId): boolean {
  writeId(id, scratch)
  return blobs.has(type, scratch)
}
