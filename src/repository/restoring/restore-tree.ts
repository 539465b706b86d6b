import { linkSync } from 'node:fs'
import { isRedomaError, messageOf, type RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { joinRaw, pathArgument, type RawPath, rawPathFrom, shownPath } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import type { TreeNode } from '../trees/node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { clearPlace, placeFolder, placeSpecial } from './place-entries.ts'
import { type FilePlan, metadataOf, type PlannedFile } from './plan-files.ts'
import type { Selection } from './selection.ts'

/** What is left to do when the content of all files is there. */
export interface Afterwards {
  /** Further names of files. */
  readonly links: { readonly path: RawPath; readonly first: PlannedFile }[]
  /** In the order they were made, those above before those below: their metadata comes last, from the end. */
  readonly folders: { readonly path: RawPath; readonly node: TreeNode }[]
}

export interface RestoreTreeDeps {
  readonly readTree: ReadTree
  readonly selection: Selection
  readonly plan: FilePlan
  readonly fileCalls: FileCalls
  readonly dryRun: boolean
  readonly onProblem: (path: RawPath, message: string) => void
  readonly signal: AbortSignal
}

/** A folder of the target. It is made when the first thing in it is. */
interface TargetFolder {
  readonly path: RawPath
  /** Seen from where the restore begins; empty there. */
  readonly relative: RawPath
  readonly node: TreeNode | undefined
  readonly parent: TargetFolder | undefined
  made: 'not yet' | 'new' | 'there before'
}

/** Makes folders, links and special files of a tree under `target`, which exists, and plans its files. */
export async function restoreTree(tree: BlobId, target: RawPath, deps: RestoreTreeDeps): Promise<Afterwards> {
  const root: TargetFolder = {
    path: target,
    relative: '' as RawPath,
    node: undefined,
    parent: undefined,
    made: 'there before',
  }
  const { afterwards, restoreEntry } = makeRestoreEntry(deps)
  const toRead: { readonly folder: TargetFolder; readonly tree: BlobId }[] = [{ folder: root, tree }]
  for (let next = toRead.pop(); next !== undefined; next = toRead.pop()) {
    deps.signal.throwIfAborted()
    const { folder } = next
    for (const node of await readNodes(next.tree, folder, deps)) {
      const entered = restoreEntry(folder, node)
      if (entered === undefined) continue
      if (node.subtree === undefined) deps.onProblem(entered.path, 'its content is not named')
      else toRead.push({ folder: entered, tree: node.subtree })
    }
  }
  return afterwards
}

/**
 * What a folder holds, each name once. What is wrong with one of its entries costs that entry, what is wrong with its tree
 * that folder: the rest is restored, and both are told. Only without the first tree there is nothing to restore.
 */
async function readNodes(tree: BlobId, folder: TargetFolder, deps: RestoreTreeDeps): Promise<TreeNode[]> {
  const tell = (error: RedomaError): void => {
    deps.onProblem(folder.path, `an entry is left out: ${error.message}`)
  }
  try {
    const nodes = decodeTree(await deps.readTree(tree, deps.signal), tell)
    return withoutSecond(nodes, (name) => {
      deps.onProblem(joinRaw(folder.path, name), 'is in its folder twice; the second is left out')
    })
  } catch (error) {
    if (folder.parent === undefined || !isDamage(error)) throw error
    deps.onProblem(folder.path, messageOf(error))
    return []
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

/** One file alone, straight into `target`. */
export function restoreSingle(node: TreeNode, target: RawPath, deps: RestoreTreeDeps): Afterwards {
  const { afterwards, restoreEntry } = makeRestoreEntry(deps)
  const root: TargetFolder = {
    path: target,
    relative: '' as RawPath,
    node: undefined,
    parent: undefined,
    made: 'there before',
  }
  restoreEntry(root, node)
  return afterwards
}

function makeRestoreEntry(deps: RestoreTreeDeps): {
  readonly afterwards: Afterwards
  /** Returns the folder to go into, if the node is one. */
  readonly restoreEntry: (parent: TargetFolder, node: TreeNode) => TargetFolder | undefined
} {
  const afterwards: Afterwards = { links: [], folders: [] }
  const firstNames = new Map<string, PlannedFile>()

  function make(folder: TargetFolder): void {
    if (folder.made !== 'not yet') return
    if (folder.parent !== undefined) make(folder.parent)
    folder.made = deps.dryRun || placeFolder(folder.path) ? 'new' : 'there before'
    if (folder.node !== undefined) afterwards.folders.push({ path: folder.path, node: folder.node })
  }

  function restoreEntry(parent: TargetFolder, node: TreeNode): TargetFolder | undefined {
    const name = rawPathFrom(node.name)
    const path = joinRaw(parent.path, name)
    const relative = parent.relative === '' ? name : joinRaw(parent.relative, name)
    try {
      if (node.type === 'dir') return enter(parent, path, relative, node)
      if (deps.selection.takes(relative, false)) place(parent, path, node)
    } catch (error) {
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
  ): TargetFolder | undefined {
    if (!deps.selection.enters(relative)) return undefined
    const folder: TargetFolder = { path, relative, node, parent, made: 'not yet' }
    if (deps.selection.takes(relative, true)) make(folder)
    return folder
  }

  function place(parent: TargetFolder, path: RawPath, node: TreeNode): void {
    make(parent)
    if (node.type === 'file') placeFile(path, node)
    else if (!deps.dryRun && node.type !== 'socket' && node.type !== 'irregular') {
      clearPlace(path)
      placeSpecial(path, node, deps.fileCalls)
      for (const problem of applyMetadata(path, undefined, metadataOf(node), deps.fileCalls)) {
        deps.onProblem(path, problem)
      }
    }
  }

  /** Only the first name of a file is written; the others become links to it. */
  function placeFile(path: RawPath, node: TreeNode): void {
    const identity = (node.links ?? 0) > 1 ? `${node.deviceId ?? 0n}:${node.inode ?? 0n}` : undefined
    const first = identity === undefined ? undefined : firstNames.get(identity)
    if (first !== undefined) {
      afterwards.links.push({ path, first })
      return
    }
    const file = deps.plan.add(path, node)
    if (file === undefined) deps.onProblem(path, 'its content is not in the repository')
    else if (identity !== undefined) firstNames.set(identity, file)
  }

  return { afterwards, restoreEntry }
}

/** Links and the metadata of folders, when all files are there. Returns how many links were made. */
export function finishTree(
  { links, folders }: Afterwards,
  deps: Pick<RestoreTreeDeps, 'fileCalls' | 'onProblem'>,
): number {
  let made = 0
  for (const { path, first } of links) {
    if (first.state !== 'done') {
      deps.onProblem(path, `is another name of ${shownPath(first.path)}, which could not be restored`)
      continue
    }
    try {
      clearPlace(path)
      linkSync(pathArgument(first.path), pathArgument(path))
      made++
    } catch (error) {
      if (!isRedomaError(error) && systemCode(error) === undefined) throw error
      deps.onProblem(path, messageOf(error))
    }
  }
  for (const { path, node } of folders.toReversed()) {
    for (const problem of applyMetadata(path, undefined, metadataOf(node), deps.fileCalls)) {
      deps.onProblem(path, problem)
    }
  }
  return made
}
