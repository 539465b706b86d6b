import { isRedomaError, messageOf, type RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { joinRaw, type RawPath, rawPathFrom } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import type { TreeNode } from '../trees/node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { existingEntries } from './existing-entries.ts'
import { clearPlace, isSameLink, placeFolder, placeSpecial } from './place-entries.ts'
import { metadataOf } from './plan-files.ts'
import type { RestoreRequest } from './request.ts'
import type { RestoreWindow } from './restore-window.ts'
import type { Selection } from './selection.ts'
import { targetFailure } from './target-failure.ts'
import type { TargetFolder } from './target-folder.ts'

export interface RestoreTreeDeps {
  readonly readTree: ReadTree
  readonly selection: Selection
  readonly window: RestoreWindow
  readonly fileCalls: FileCalls
  readonly request: RestoreRequest
  readonly onProblem: (path: RawPath, message: string) => void
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

function rootFolder(path: RawPath, { request }: RestoreTreeDeps): TargetFolder {
  const existing = existingEntries(path, request.dryRun)
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
  if (isWhole && (deps.request.deletes ?? 'nothing') !== 'nothing') {
    const wanted = new Set(nodes.map(({ name }) => rawPathFrom(name)))
    folder.extra = [...folder.existing].filter((name) => !wanted.has(name))
  }
  return { folder, below: below.toReversed() }
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

function isDamage(error: unknown): boolean {
  return isRedomaError(error, 'REPOSITORY_DAMAGED') || isRedomaError(error, 'DATA_DAMAGED')
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
    if (node.type === 'dir') return enter(parent, path, relative, node, deps)
    if (deps.selection.takes(relative, false)) place(parent, path, name, node, deps)
  } catch (error) {
    const failure = targetFailure(error)
    if (failure !== undefined) throw failure
    if (!isRedomaError(error) && systemCode(error) === undefined) throw error
    deps.onProblem(path, messageOf(error))
  }
  return undefined
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
  const isNew = dryRun || placeFolder(folder.path, overwrite === 'never')
  folder.made = isNew && !dryRun ? 'new' : 'there before'
  if (folder.made === 'there before') folder.existing = existingEntries(folder.path, dryRun)
}

function place(
  parent: TargetFolder,
  path: RawPath,
  name: RawPath,
  node: TreeNode,
  deps: RestoreTreeDeps,
): void {
  make(parent, deps)
  const isThere = parent.existing.has(name)
  if (node.type === 'file') deps.window.add(path, node, isThere)
  else if (node.type !== 'socket' && node.type !== 'irregular') placeOther(path, node, isThere, deps)
}

/** Links, fifos and devices have no content: they are made at once. */
function placeOther(path: RawPath, node: TreeNode, isThere: boolean, deps: RestoreTreeDeps): void {
  const { dryRun, overwrite } = deps.request
  if (dryRun || (isThere && overwrite === 'never')) return
  if (!isThere || !isSameLink(path, node)) {
    clearPlace(path)
    placeSpecial(path, node, deps.fileCalls)
  }
  for (const problem of applyMetadata(path, undefined, metadataOf(node), deps.fileCalls))
    deps.onProblem(path, problem)
}
