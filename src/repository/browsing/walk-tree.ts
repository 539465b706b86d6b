import { type RedomaError } from '../../core/errors.ts'
import { isDamage } from '../damage.ts'
import type { BlobId } from '../ids.ts'
import { eachNode } from '../trees/each-node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { joinPath, type TreeEntry } from './tree-entry.ts'

/** Is told what of a folder cannot be read: one of its entries, or all that is in it. */
export type OnDamagedFolder = (folder: Uint8Array, error: RedomaError) => void

/**
 * All that is below a tree, each folder before what is in it. The trees of the folders on the way are in memory, no more.
 *
 * @param onDamaged the rest is gone through; without it, that is thrown. What is wrong with `tree` itself always is
 * @throws RedomaError `REPOSITORY_DAMAGED`, `DATA_DAMAGED`, and those of the destination
 */
export async function* walkTree(
  readTree: ReadTree,
  tree: BlobId,
  folder: Uint8Array,
  signal: AbortSignal,
  onDamaged?: OnDamagedFolder,
): AsyncGenerator<TreeEntry> {
  const onBadNode =
    onDamaged &&
    ((error: RedomaError): void => {
      onDamaged(folder, error)
    })
  for (const node of eachNode(await readTree(tree, signal), onBadNode)) {
    signal.throwIfAborted()
    const path = joinPath(folder, node.name)
    yield { path, node }
    if (node.subtree === undefined) continue
    try {
      yield* walkTree(readTree, node.subtree, path, signal, onDamaged)
    } catch (error) {
      // Of what is further below, those have told who went there.
      if (onDamaged === undefined || !isDamage(error)) throw error
      onDamaged(path, error)
    }
  }
}
