import { isDamage } from '../damage.ts'
import type { BlobId } from '../ids.ts'
import { eachNode } from '../trees/each-node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { joinPath, type TreeEntry } from './tree-entry.ts'
import type { OnDamagedFolder } from './walk-tree.ts'

/** The place of an entry: its number in its folder, after those of the folders on the way. A snapshot never changes, so it is a place for ever. */
export type Reached = readonly number[]

export interface ReachedEntry extends TreeEntry {
  readonly reached: Reached
}

/**
 * As `walkTree`, from behind the entry that was reached before: of what lies before it, only the folders on the way are read. One that is
 * not there any more, or never was, is the end of its folder.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` for `tree` itself, and those of the destination
 */
export function walkFrom(
  readTree: ReadTree,
  tree: BlobId,
  from: Reached,
  onDamaged: OnDamagedFolder,
  signal: AbortSignal,
): AsyncGenerator<ReachedEntry> {
  return walk(tree, { path: new Uint8Array(0), reached: [] }, from)

  async function* walk(
    id: BlobId,
    folder: Pick<ReachedEntry, 'path' | 'reached'>,
    [first = -1, ...rest]: Reached,
  ): AsyncGenerator<ReachedEntry> {
    const onBadNode: Parameters<typeof eachNode>[1] = (error) => {
      onDamaged(folder.path, error)
    }
    let number = -1
    for (const node of eachNode(await readTree(id, signal), onBadNode)) {
      signal.throwIfAborted()
      number += 1
      if (number < first) continue
      const entry = { path: joinPath(folder.path, node.name), node, reached: [...folder.reached, number] }
      if (number > first) yield entry
      if (node.subtree === undefined) continue
      try {
        yield* walk(node.subtree, entry, number === first ? rest : [])
      } catch (error) {
        if (!isDamage(error)) throw error
        onDamaged(entry.path, error)
      }
    }
  }
}
