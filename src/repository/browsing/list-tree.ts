import { loadIndex } from '../blob-index/load-index.ts'
import type { Repository } from '../repository.ts'
import type { Snapshot } from '../snapshots/snapshot.ts'
import { eachNode } from '../trees/each-node.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { findNode, namesOf } from './find-node.ts'
import { joinPath, type TreeEntry } from './tree-entry.ts'
import { walkTree } from './walk-tree.ts'

export interface ListOptions {
  /** Absolute; raw bytes, or text in UTF-8. */
  readonly path: Uint8Array | string
  /** Whether what is in the folders of the folder comes too. */
  readonly recursive: boolean
}

/**
 * What is in a folder of a snapshot; of anything else, the entry itself.
 *
 * @throws RedomaError `NOT_FOUND` when the snapshot has no such path, `REPOSITORY_DAMAGED`, and those of the destination
 */
export async function* listTree(
  repository: Repository,
  snapshot: Snapshot,
  options: ListOptions,
  signal: AbortSignal,
): AsyncGenerator<TreeEntry> {
  const readTree = makeReadTree(repository, await loadIndex(repository, signal))
  const names = namesOf(typeof options.path === 'string' ? Buffer.from(options.path) : options.path)
  const path = names.reduce<Uint8Array>(joinPath, new Uint8Array(0))
  const node = await findNode(readTree, snapshot.tree, path, signal)
  const tree = node === undefined ? snapshot.tree : node.subtree
  if (tree === undefined) {
    if (node !== undefined) yield { path, node }
    return
  }
  if (options.recursive) {
    yield* walkTree(readTree, tree, path, signal)
    return
  }
  for (const child of eachNode(await readTree(tree, signal))) {
    yield { path: joinPath(path, child.name), node: child }
  }
}
