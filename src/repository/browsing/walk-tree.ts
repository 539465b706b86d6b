import type { BlobId } from '../ids.ts'
import { eachNode } from '../trees/each-node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { joinPath, type TreeEntry } from './tree-entry.ts'

/**
 * All that is below a tree, each folder before what is in it. The trees of the folders on the way are in memory, no more.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED`, `DATA_DAMAGED`, and those of the destination
 */
export async function* walkTree(
  readTree: ReadTree,
  tree: BlobId,
  folder: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<TreeEntry> {
  for (const node of eachNode(await readTree(tree, signal))) {
    signal.throwIfAborted()
    const path = joinPath(folder, node.name)
    yield { path, node }
    if (node.subtree !== undefined) yield* walkTree(readTree, node.subtree, path, signal)
  }
}
