import { RedomaError } from '../../core/errors.ts'
import { type BlobIndex, makeBlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { joinPath } from '../browsing/tree-entry.ts'
import { isDamage } from '../damage.ts'
import { type BlobId, idToBytes } from '../ids.ts'
import { isUnreadable } from '../objects.ts'
import { contentLengthOf } from '../packs/packed-blob.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import { encodeTree } from '../trees/encode-tree.ts'
import { compareNames } from '../trees/name-order.ts'
import type { TreeNode } from '../trees/node.ts'
import type { ReadTree } from '../trees/read-tree.ts'

/** Something of a snapshot that is not to be had any more, or was not as it should be. */
export interface Loss {
  /** Raw bytes, absolute, without a `/` at the end. */
  readonly path: Uint8Array
  readonly message: string
  /** Of a file's content. */
  readonly bytesLost: number
}

/** A tree as it can be had, and what it lacks; the same id where nothing had to be changed. */
export interface RewrittenTree {
  readonly id: BlobId
  readonly losses: readonly Loss[]
}

/** `undefined` when the tree itself cannot be read. */
export type RewriteTree = (id: BlobId, signal: AbortSignal) => Promise<RewrittenTree | undefined>

const here = new Uint8Array(0)

/**
 * Leaves out of trees what is lost, as restic's `repair snapshots` does: chunks that are in no index, folders whose listing
 * is gone (they stay, empty), entries that are none. A file that lost content is called so: `.repaired` is added to its
 * name, or it would pass for whole when it is restored.
 *
 * @param store takes a tree that is new
 */
export function makeRewriteTree(
  readTree: ReadTree,
  { blobs }: LoadedIndex,
  store: (tree: Uint8Array) => Promise<BlobId>,
): RewriteTree {
  const unchanged = makeBlobIndex()
  const rewritten = new Map<BlobId, RewrittenTree | undefined>()

  const rewrite: RewriteTree = async (id, signal) => {
    if (unchanged.has('tree', idToBytes(id))) return { id, losses: [] }
    if (rewritten.has(id)) return rewritten.get(id)
    signal.throwIfAborted()
    const result = await rewriteOnce(id, signal)
    if (result?.id === id) unchanged.claim('tree', idToBytes(id))
    else rewritten.set(id, result)
    return result
  }

  async function rewriteOnce(id: BlobId, signal: AbortSignal): Promise<RewrittenTree | undefined> {
    const losses: Loss[] = []
    const read = await tryReading(id, losses, signal)
    if (read === undefined) return undefined
    const nodes: TreeNode[] = []
    for (const node of inOrder(read, losses)) nodes.push(await rewriteNode(node, losses, signal))
    const isSame = losses.length === 0 && nodes.every((node, at) => node === read[at])
    if (isSame) return { id, losses }
    return { id: await store(encodeTree(withOwnNames(nodes))), losses }
  }

  async function tryReading(
    id: BlobId,
    losses: Loss[],
    signal: AbortSignal,
  ): Promise<TreeNode[] | undefined> {
    try {
      return decodeTree(await readTree(id, signal), ({ message }) => {
        losses.push({ path: here, message: `an entry was left out: ${message}`, bytesLost: 0 })
      })
    } catch (error) {
      if (isUnreadable(error)) throw mendFirst(id, error)
      if (!isDamage(error)) throw error
      return undefined
    }
  }

  async function rewriteNode(node: TreeNode, losses: Loss[], signal: AbortSignal): Promise<TreeNode> {
    if (node.type === 'file') return rewriteFile(node, blobs, losses)
    if (node.type !== 'dir') return node
    const below = node.subtree === undefined ? undefined : await rewrite(node.subtree, signal)
    if (below === undefined) {
      losses.push({
        path: joinPath(here, node.name),
        message: 'its listing is lost: the folder is empty now',
        bytesLost: 0,
      })
      return { ...node, subtree: await store(encodeTree([])) }
    }
    const folder = joinPath(here, node.name)
    for (const loss of below.losses) losses.push({ ...loss, path: Buffer.concat([folder, loss.path]) })
    return below.id === node.subtree ? node : { ...node, subtree: below.id }
  }

  return rewrite
}

/** The next reading may bring it: no snapshot is to do without it while its pack counts as whole. */
function mendFirst(id: BlobId, cause: RedomaError): RedomaError {
  return new RedomaError('OBJECT_UNREADABLE', `the tree ${id} cannot be read: ${cause.message}`, {
    hint: 'Copy the whole destination to another disk first. Then take what is unreadable out: redoma backup repair packs',
    cause,
  })
}

function rewriteFile(node: TreeNode, blobs: BlobIndex, losses: Loss[]): TreeNode {
  const { name, size = 0 } = node
  const content: BlobId[] = []
  let bytes = 0
  for (const id of node.content ?? []) {
    const place = blobs.find('data', idToBytes(id))
    if (place === undefined) continue
    content.push(id)
    bytes += contentLengthOf({ id, type: 'data', ...place })
  }
  const chunksLost = (node.content?.length ?? 0) - content.length
  if (node.content !== undefined && chunksLost === 0 && bytes === size) return node
  if (node.content !== undefined && chunksLost === 0) {
    losses.push({
      path: joinPath(here, name),
      message: `its size was wrong: it has ${bytes} bytes, not ${size}`,
      bytesLost: 0,
    })
    return { ...node, size: bytes }
  }
  losses.push({
    path: joinPath(here, name),
    message: `lost ${node.content === undefined ? 'the list of its chunks' : `${chunksLost} of ${node.content.length} chunks`}`,
    bytesLost: Math.max(0, size - bytes),
  })
  return { ...node, name: Buffer.concat([name, Buffer.from('.repaired')]), content, size: bytes }
}

/** Sorted by name, without what no program can restore and without a second entry of a name. */
function inOrder(nodes: readonly TreeNode[], losses: Loss[]): TreeNode[] {
  const sorted = nodes.toSorted((a, b) => compareNames(a.name, b.name))
  if (sorted.some((node, at) => node !== nodes[at])) {
    losses.push({ path: here, message: 'its entries were not in order', bytesLost: 0 })
  }
  return sorted.filter((node, at) => {
    const why = problemOf(node, sorted[at - 1])
    if (why !== undefined)
      losses.push({ path: joinPath(here, node.name), message: `left out: ${why}`, bytesLost: 0 })
    return why === undefined
  })
}

function problemOf(node: TreeNode, before: TreeNode | undefined): string | undefined {
  if (before !== undefined && compareNames(before.name, node.name) === 0) return 'it is there twice'
  if (node.type === 'irregular') return 'it is of a type that no program can restore'
  if (node.type === 'symlink' && node.linkTarget === undefined) return 'it is a symbolic link to nowhere'
  return undefined
}

/** A name that was added to may be taken already, and belongs elsewhere in the order. */
function withOwnNames(nodes: readonly TreeNode[]): TreeNode[] {
  const taken = new Set<string>()
  const named = nodes.map((node) => {
    let { name } = node
    for (let n = 2; taken.has(hex(name)); n++) name = Buffer.concat([node.name, Buffer.from(`-${n}`)])
    taken.add(hex(name))
    return name === node.name ? node : { ...node, name }
  })
  return named.toSorted((a, b) => compareNames(a.name, b.name))
}

function hex(name: Uint8Array): string {
  return Buffer.from(name).toString('hex')
}
