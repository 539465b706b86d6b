import { messageOf, RedomaError } from '../../core/errors.ts'
import { isDamage } from '../damage.ts'
import { joinRaw, type RawPath, rawPathFrom } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import type { TreeNode } from '../trees/node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { entryProblem } from './entry-problem.ts'
import { existingEntries } from './existing-entries.ts'
import { mountOf } from './held-folders.ts'
import { placeFolder } from './place-entries.ts'
import { type PlaceNodeDeps, placeNode } from './place-node.ts'
import type { RestoreWindow } from './restore-window.ts'
import type { Selection } from './selection.ts'
import type { TargetFolder } from './target-folder.ts'

export interface RestoreTreeDeps extends PlaceNodeDeps {
  readonly readTree: ReadTree
  readonly selection: Selection
  readonly window: RestoreWindow
  readonly signal: AbortSignal
}

/** A folder that is being gone through, and the folders in it that are still to come. */
interface Level {
  readonly folder: TargetFolder
  readonly below: { readonly folder: TargetFolder; readonly tree: BlobId }[]
}

/**
 * Makes folders, links and special files of a tree under `target`, which exists, and hands its files to the window, which has them
 * written whenever it is full. Depth first: what is kept in memory is the way down to the folder at hand.
 */
export async function restoreTree(tree: BlobId, target: RawPath, deps: RestoreTreeDeps): Promise<void> {
  const levels = [await enterFolder(rootFolder(target, deps), tree, deps)]
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    deps.signal.throwIfAborted()
    const next = level.below.pop()
    if (next !== undefined) levels.push(await enterFolder(next.folder, next.tree, deps))
    else {
      deps.window.finish(level.folder)
      levels.pop()
    }
  }
  await deps.window.write()
}

/** One file alone, straight into `target`. */
export async function restoreSingle(node: TreeNode, target: RawPath, deps: RestoreTreeDeps): Promise<void> {
  restoreEntry(rootFolder(target, deps), node, deps)
  await deps.window.write()
}

function rootFolder(path: RawPath, { request, folders }: RestoreTreeDeps): TargetFolder {
  const existing = existingEntries(path, request.dryRun, folders)
  return {
    path,
    relative: '' as RawPath,
    node: undefined,
    parent: undefined,
    made: 'there before',
    existing,
    extra: [],
  }
}

async function enterFolder(folder: TargetFolder, tree: BlobId, deps: RestoreTreeDeps): Promise<Level> {
  const below: Level['below'] = []
  const { nodes, isWhole } = await readNodes(tree, folder, deps)
  for (const node of nodes) {
    if (deps.window.isFull) await deps.window.advance()
    const entered = restoreEntry(folder, node, deps)
    if (entered === undefined) continue
    if (node.subtree === undefined) deps.onProblem(entered.path, 'its content is not named')
    else below.push({ folder: entered, tree: node.subtree })
  }
  // What could not be read may name what is there: then nothing is known to be too much.
  if (isWhole && (deps.request.deletes ?? 'nothing') !== 'nothing')
    folder.extra = extraIn(folder, nodes, deps)
  return { folder, below: below.toReversed() }
}

function extraIn(folder: TargetFolder, nodes: readonly TreeNode[], deps: RestoreTreeDeps): RawPath[] {
  const wanted = new Set(nodes.map(({ name }) => rawPathFrom(name)))
  const extra = [...folder.existing].filter((name) => !wanted.has(name))
  // A backup of one file system has the folder that another is mounted on, and nothing in it.
  if (extra.length === 0 || nodes.length > 0 || !isMountPoint(folder, deps)) return extra
  deps.onProblem(
    folder.path,
    'is empty in the snapshot and another file system here; nothing in it is deleted',
  )
  return []
}

function isMountPoint({ path, parent }: TargetFolder, { folders }: RestoreTreeDeps): boolean {
  if (parent === undefined) return false
  return mountOf(folders.folder(path)) !== mountOf(folders.folder(parent.path))
}

/**
 * What a folder holds, each name once. What is wrong with one of its entries costs that entry, what is wrong with its tree
 * that folder: the rest is restored, and both are told. Only without the first tree there is nothing to restore.
 */
async function readNodes(
  tree: BlobId,
  folder: TargetFolder,
  deps: RestoreTreeDeps,
): Promise<{ readonly nodes: readonly TreeNode[]; readonly isWhole: boolean }> {
  let isWhole = true
  const tell = (error: RedomaError): void => {
    isWhole = false
    deps.onProblem(folder.path, `an entry is left out: ${error.message}`)
  }
  try {
    const nodes = decodeTree(await deps.readTree(tree, deps.signal), tell)
    const once = withoutSecond(nodes, (name) => {
      deps.onProblem(joinRaw(folder.path, name), 'is in its folder twice; the second is left out')
    })
    return { nodes: once, isWhole }
  } catch (error) {
    if (folder.parent === undefined || !isDamage(error)) throw error
    deps.onProblem(folder.path, messageOf(error))
    return { nodes: [], isWhole: false }
  }
}

/** Two entries of one name would be written over each other. */
function withoutSecond(nodes: readonly TreeNode[], onSecond: (name: RawPath) => void): TreeNode[] {
  const names = new Set<RawPath>()
  return nodes.filter((node) => {
    const name = rawPathFrom(node.name)
    const isSecond = names.has(name)
    if (isSecond) onSecond(name)
    names.add(name)
    return !isSecond
  })
}

/** Returns the folder to go into, if the node is one. */
function restoreEntry(parent: TargetFolder, node: TreeNode, deps: RestoreTreeDeps): TargetFolder | undefined {
  const name = rawPathFrom(node.name)
  const path = joinRaw(parent.path, name)
  const relative = parent.relative === '' ? name : joinRaw(parent.relative, name)
  try {
    requireShort(path)
    if (node.type === 'dir') return enter(parent, path, relative, node, deps)
    if (!deps.selection.takes(relative, false)) return undefined
    make(parent, deps)
    placeNode(parent, path, relative, node, deps)
  } catch (error) {
    deps.onProblem(path, entryProblem(error))
  }
  return undefined
}

/** PATH_MAX of the kernel: nobody could name what lies deeper, and trees within trees can be as deep as one likes. */
const longestPath = 4095

function requireShort(path: RawPath): void {
  if (path.length > longestPath)
    throw new RedomaError('PATH_UNSAFE', 'its path is longer than the system can name')
}

function enter(
  parent: TargetFolder,
  path: RawPath,
  relative: RawPath,
  node: TreeNode,
  deps: RestoreTreeDeps,
): TargetFolder | undefined {
  if (!deps.selection.enters(relative)) return undefined
  const folder: TargetFolder = {
    path,
    relative,
    node,
    parent,
    made: 'not yet',
    existing: new Set(),
    extra: [],
  }
  if (deps.selection.takes(relative, true)) make(folder, deps)
  return folder
}

function make(folder: TargetFolder, deps: RestoreTreeDeps): void {
  if (folder.made !== 'not yet') return
  if (folder.parent !== undefined) make(folder.parent, deps)
  const { dryRun, overwrite } = deps.request
  const isNew = dryRun || placeFolder(folder.path, overwrite === 'never', deps.folders)
  folder.made = isNew && !dryRun ? 'new' : 'there before'
  if (folder.made === 'there before') folder.existing = existingEntries(folder.path, dryRun, deps.folders)
}
