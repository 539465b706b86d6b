import { RedomaError } from '../../core/errors.ts'
import { rawPathFrom, rawPathOf } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import type { TreeNode } from '../trees/node.ts'
import type { ReadTree } from '../trees/read-tree.ts'

/**
 * What is at an absolute path in a snapshot; `undefined` for `/` itself, which has no node.
 *
 * @throws RedomaError `NOT_FOUND`
 */
export async function findNode(
  tree: BlobId,
  path: string,
  readTree: ReadTree,
  signal: AbortSignal,
): Promise<TreeNode | undefined> {
  let node: TreeNode | undefined
  // A bad entry beside the way is no reason not to go it.
  let folder: BlobId | undefined = tree
  for (const part of path.split('/')) {
    if (part === '') continue
    const name = rawPathOf(part)
    const nodes: TreeNode[] =
      folder === undefined ? [] : decodeTree(await readTree(folder, signal), () => undefined)
    node = nodes.find((candidate) => rawPathFrom(candidate.name) === name)
    if (node === undefined) throw new RedomaError('NOT_FOUND', `the snapshot holds no ${path}`)
    folder = node.subtree
  }
  return node
}
