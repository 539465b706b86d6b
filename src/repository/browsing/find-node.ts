import { RedomaError } from '../../core/errors.ts'
import type { BlobId } from '../ids.ts'
import { eachNode } from '../trees/each-node.ts'
import type { TreeNode } from '../trees/node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { textOfPath } from './tree-entry.ts'

/**
 * The node at an absolute path of a snapshot; `undefined` for `/` itself, which has none.
 *
 * @throws RedomaError `NOT_FOUND` when there is none
 */
export async function findNode(
  readTree: ReadTree,
  root: BlobId,
  path: Uint8Array,
  signal: AbortSignal,
): Promise<TreeNode | undefined> {
  let tree: BlobId | undefined = root
  let found: TreeNode | undefined
  for (const name of namesOf(path)) {
    found = tree === undefined ? undefined : await nodeIn(readTree, tree, name, signal)
    if (found === undefined) throw missing(path)
    tree = found.subtree
  }
  return found
}

function missing(path: Uint8Array): RedomaError {
  return new RedomaError('NOT_FOUND', `the snapshot holds no ${textOfPath(path)}`, {
    hint: 'What it holds: redoma backup ls SNAPSHOT',
  })
}

/** A bad entry beside the way is no reason not to go it. */
async function nodeIn(
  readTree: ReadTree,
  tree: BlobId,
  name: Uint8Array,
  signal: AbortSignal,
): Promise<TreeNode | undefined> {
  const nodes = eachNode(await readTree(tree, signal), () => undefined)
  return nodes.find((node) => Buffer.compare(node.name, name) === 0)
}

/** The parts of a path between its slashes. */
export function namesOf(path: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = []
  for (let start = 0; start <= path.length; ) {
    const slash = path.indexOf(0x2f, start)
    const end = slash === -1 ? path.length : slash
    if (end > start) names.push(path.subarray(start, end))
    start = end + 1
  }
  return names
}
