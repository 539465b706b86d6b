import type { BlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type BlobId, idToBytes } from '../ids.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { eachNode } from '../trees/each-node.ts'
import type { TreeNode } from '../trees/node.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { nodeProblem, orderProblem } from './node-problems.ts'
import type { ProblemList } from './problem-list.ts'

interface PendingTree {
  readonly id: BlobId
  /** Where it was met first: `snapshots/<id>:/path`. */
  readonly path: string
}

/**
 * All trees of all snapshots, each once, and that everything they name is there. Returns how many there are. In memory are
 * one tree, and the folders that are to come.
 */
export async function checkTrees(
  repository: Repository,
  index: LoadedIndex,
  snapshots: readonly StoredSnapshot[],
  { problems, onEvent }: { readonly problems: ProblemList; readonly onEvent: OnRepositoryEvent },
  signal: AbortSignal,
): Promise<number> {
  const readTree = makeReadTree(repository, index)
  /** By the number of the blob: 1 when the tree was looked at. */
  const seen = new Uint8Array(index.blobs.count)
  const pending: PendingTree[] = []
  let trees = 0

  for (const snapshot of snapshots) {
    if (!index.blobs.has('tree', idToBytes(snapshot.tree))) {
      problems.add(`snapshots/${snapshot.id}`, `its tree ${snapshot.tree} is in no index: all of it is lost`)
      continue
    }
    pending.push({ id: snapshot.tree, path: `snapshots/${snapshot.id}:` })
    for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
      const { id, path } = tree
      const number = index.blobs.numberOf('tree', idToBytes(id)) ?? -1
      if (seen[number] === 1) continue
      seen[number] = 1
      signal.throwIfAborted()
      await problems.attempt(`${path}/`, async () => {
        // A node that is none is a problem of its own, and hides none of its neighbours.
        const nodes = eachNode(await readTree(id, signal), ({ message }) => {
          problems.add(`${path}/`, message)
        })
        for (const folder of foldersIn(nodes, path, index.blobs, problems)) pending.push(folder)
      })
      trees++
      onEvent({ kind: 'progress', counted: 'folders', files: trees, bytes: 0 })
    }
  }
  return trees
}

/** Looks at each node, and gives the folders that can be gone into. */
function* foldersIn(
  nodes: Iterable<TreeNode>,
  path: string,
  blobs: BlobIndex,
  problems: ProblemList,
): Generator<PendingTree> {
  let previous: TreeNode | undefined
  for (const node of nodes) {
    const nodePath = (): string => `${path}/${Buffer.from(node.name).toString()}`
    const order = orderProblem(previous, node)
    if (order !== undefined) problems.add(nodePath(), order)
    const problem = nodeProblem(node, blobs)
    if (problem !== undefined) problems.add(nodePath(), problem)
    else if (node.subtree !== undefined) yield { id: node.subtree, path: nodePath() }
    previous = node
  }
}
