import type { ReadNode } from '../files/read-node.ts'
import type { BlobId } from '../ids.ts'
import { encodeNode, joinNodes } from '../trees/encode-tree.ts'
import type { Folder, Place } from './folder.ts'
import type { Tally } from './tally.ts'
import { toldOf } from './told-of.ts'
import type { TreeStore } from './tree-store.ts'

/** Puts nodes into their folders. A folder that has all of its own becomes a tree, and a node of the folder above it. */
export interface FolderAssembly {
  /** The node of an entry, encoded; `undefined` where it is left out. */
  fill(place: Place, node: string | undefined): void
  /** All entries of the folder are known: it waits for nothing but their nodes. */
  listed(folder: Folder): void
  /** A folder that cannot be listed is left out of the one above it. */
  abandon(folder: Folder): void
  /** The tree of the folder that has none above it. */
  readonly rootTree: Promise<BlobId>
}

export function makeFolderAssembly({
  trees,
  readNode,
  tally,
}: {
  readonly trees: TreeStore
  readonly readNode: ReadNode
  readonly tally: Tally
}): FolderAssembly {
  const { promise: rootTree, resolve } = Promise.withResolvers<BlobId>()

  function fill(place: Place, node: string | undefined): void {
    place.folder.nodes[place.index] = node
    oneLess(place.folder)
  }

  function oneLess(folder: Folder): void {
    folder.pending--
    if (folder.pending === 0) complete(folder)
  }

  function complete(folder: Folder): void {
    const nodes = folder.nodes.filter((node) => node !== undefined)
    const subtree = trees.store(joinNodes(nodes), folder.isFormerRead ? folder.former : undefined)
    tally.countFolder(folder.former, subtree)
    if (folder.place === undefined) resolve(subtree)
    else fill(folder.place, encodeFolder(folder, subtree))
  }

  function encodeFolder({ path, name, stat }: Folder, subtree: BlobId): string | undefined {
    return toldOf(tally, path, () => encodeNode({ ...readNode(path, name, stat), subtree }))
  }

  return {
    rootTree,
    fill,
    listed: oneLess,
    abandon: (folder) => {
      if (folder.place === undefined) oneLess(folder)
      else fill(folder.place, undefined)
    },
  }
}
