import { makePublisher } from '../../src/repository/archiving/publisher.ts'
import { makeTreeStore } from '../../src/repository/archiving/tree-store.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import type { BlobId, ObjectId } from '../../src/repository/ids.ts'
import { writeUnpacked } from '../../src/repository/objects.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { encodeSnapshot } from '../../src/repository/snapshots/encode-snapshot.ts'
import type { StoredSnapshot } from '../../src/repository/snapshots/snapshot.ts'
import { decodeTree } from '../../src/repository/trees/decode-tree.ts'
import { encodeTree } from '../../src/repository/trees/encode-tree.ts'
import type { TreeNode } from '../../src/repository/trees/node.ts'
import { makeReadTree } from '../../src/repository/trees/read-tree.ts'

const signal = new AbortController().signal

/**
 * What anybody with a key can do: a snapshot a nanosecond younger than `genuine` that says the same of every file, but that the content
 * of the one at `path` is that of its neighbour `contentOf`. Returns its id.
 */
export async function forgeSnapshot(
  repository: Repository,
  genuine: StoredSnapshot,
  path: string,
  contentOf: string,
): Promise<ObjectId> {
  const index = await loadIndex(repository, signal)
  const readTree = makeReadTree(repository, index)
  const publisher = makePublisher(repository, signal)
  const trees = makeTreeStore({ repository, index, readTree, publisher, signal })
  const tree = await altered(genuine.tree, path.split('/').slice(1))
  await trees.finish()
  await publisher.finish()
  const json = encodeSnapshot({ ...genuine, timeNs: genuine.timeNs + 1n, tree })
  return await writeUnpacked(repository, 'snapshots', json, signal)

  async function altered(tree: BlobId, [name = '', ...below]: readonly string[]): Promise<BlobId> {
    const nodes = decodeTree(await readTree(tree, signal))
    const node = named(nodes, name)
    const other: TreeNode =
      node.subtree === undefined
        ? { ...node, content: named(nodes, contentOf).content }
        : { ...node, subtree: await altered(node.subtree, below) }
    return trees.store(encodeTree(nodes.map((one) => (one === node ? other : one))))
  }
}

function named(nodes: readonly TreeNode[], name: string): TreeNode {
  const node = nodes.find((one) => Buffer.from(one.name).toString() === name)
  if (node === undefined) throw new Error(`there is no ${name}`)
  return node
}
