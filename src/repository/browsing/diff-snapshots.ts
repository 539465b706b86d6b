import { isRedomaError } from '../../core/errors.ts'
import { loadIndex } from '../blob-index/load-index.ts'
import type { BlobId } from '../ids.ts'
import type { Repository } from '../repository.ts'
import type { Snapshot } from '../snapshots/snapshot.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import type { TreeNode } from '../trees/node.ts'
import { makeReadTree, type ReadTree } from '../trees/read-tree.ts'
import { findNode, namesOf } from './find-node.ts'
import { joinPath } from './tree-entry.ts'
import { walkTree } from './walk-tree.ts'

/** What differs of one path between two snapshots. */
export type Difference = { readonly path: Uint8Array } & (
  | { readonly kind: 'added'; readonly after: TreeNode }
  | { readonly kind: 'removed'; readonly before: TreeNode }
  | {
      readonly kind: 'type-changed' | 'content-changed' | 'metadata-changed'
      readonly before: TreeNode
      readonly after: TreeNode
    }
)

/**
 * What differs at and below a path, in the order of paths. Folders that are one tree in both are not read.
 *
 * @throws RedomaError `NOT_FOUND` when neither has the path, `REPOSITORY_DAMAGED`, and those of the destination
 */
export async function* diffSnapshots(
  repository: Repository,
  before: Snapshot,
  after: Snapshot,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Difference> {
  const readTree = makeReadTree(repository, await loadIndex(repository, signal))
  const names = namesOf(Buffer.from(path))
  const whole = names.reduce<Uint8Array>(joinPath, new Uint8Array(0))
  if (names.length === 0) {
    yield* diffTrees(readTree, before.tree, after.tree, whole, signal)
    return
  }
  const [old, now] = [await find(before), await find(after)]
  if (old === undefined && now === undefined) await findNode(readTree, after.tree, whole, signal)
  yield* diffNodes(readTree, old, now, whole, signal)

  async function find({ tree }: Snapshot): Promise<TreeNode | undefined> {
    try {
      return await findNode(readTree, tree, whole, signal)
    } catch (error) {
      if (!isRedomaError(error, 'NOT_FOUND')) throw error
      return undefined
    }
  }
}

async function* diffTrees(
  readTree: ReadTree,
  before: BlobId | undefined,
  after: BlobId | undefined,
  folder: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<Difference> {
  if (before === after) return
  const [old, now] = [await nodesOf(readTree, before, signal), await nodesOf(readTree, after, signal)]
  for (let o = 0, n = 0; o < old.length || n < now.length; ) {
    signal.throwIfAborted()
    const [a, b] = [old[o], now[n]]
    const order = a === undefined ? 1 : b === undefined ? -1 : Buffer.compare(a.name, b.name)
    if (order <= 0) o++
    if (order >= 0) n++
    const [left, right] = [order <= 0 ? a : undefined, order >= 0 ? b : undefined]
    const name = (left ?? right)?.name ?? new Uint8Array(0)
    yield* diffNodes(readTree, left, right, joinPath(folder, name), signal)
  }
}

async function* diffNodes(
  readTree: ReadTree,
  before: TreeNode | undefined,
  after: TreeNode | undefined,
  path: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<Difference> {
  if (before === undefined || after === undefined) {
    if (after !== undefined)
      yield* each(readTree, after, path, signal, (at, node) => ({ kind: 'added', path: at, after: node }))
    if (before !== undefined)
      yield* each(readTree, before, path, signal, (at, node) => ({ kind: 'removed', path: at, before: node }))
    return
  }
  const kind = kindOfChange(before, after)
  if (kind !== undefined) yield { kind, path, before, after }
  yield* diffTrees(readTree, before.subtree, after.subtree, path, signal)
}

/** A node and all that is below it. */
async function* each(
  readTree: ReadTree,
  node: TreeNode,
  path: Uint8Array,
  signal: AbortSignal,
  differenceOf: (path: Uint8Array, node: TreeNode) => Difference,
): AsyncGenerator<Difference> {
  yield differenceOf(path, node)
  if (node.subtree === undefined) return
  for await (const below of walkTree(readTree, node.subtree, path, signal)) {
    yield differenceOf(below.path, below.node)
  }
}

function kindOfChange(
  before: TreeNode,
  after: TreeNode,
): 'type-changed' | 'content-changed' | 'metadata-changed' | undefined {
  if (before.type !== after.type) return 'type-changed'
  if (contentOf(before) !== contentOf(after)) return 'content-changed'
  return metadataOf(before) === metadataOf(after) ? undefined : 'metadata-changed'
}

/** What somebody would call the content of a file, link or device. */
function contentOf({ content, linkTarget, device }: TreeNode): string {
  return [content?.join() ?? '', hex(linkTarget), String(device ?? '')].join('|')
}

/**
 * What a restore would set. When a folder was modified is left out: it says only that something in it came or went, which is told by
 * itself; so are the numbers of inodes and the times of access and of change, which no restore can set.
 */
function metadataOf({ type, mode, uid, gid, mtimeNs, extendedAttributes = [] }: TreeNode): string {
  const attributes = extendedAttributes.map(({ name, value }) => `${name}=${hex(value ?? undefined)}`).sort()
  return [mode, uid, gid, type === 'dir' ? '' : mtimeNs, ...attributes].join('|')
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('hex')
}

/** In the order of their names, also where the program that wrote them did not keep it. */
async function nodesOf(
  readTree: ReadTree,
  tree: BlobId | undefined,
  signal: AbortSignal,
): Promise<TreeNode[]> {
  if (tree === undefined) return []
  return decodeTree(await readTree(tree, signal)).sort((a, b) => Buffer.compare(a.name, b.name))
}
