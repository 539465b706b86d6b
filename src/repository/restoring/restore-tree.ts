import { linkSync } from 'node:fs'
import { isRedomaError, messageOf, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { joinRaw, pathArgument, type RawPath, rawPathFrom } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import type { TreeNode } from '../trees/node.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { clearPlace, placeFolder, placeSpecial } from './place-entries.ts'
import { type FilePlan, metadataOf } from './plan-files.ts'
import type { Selection } from './selection.ts'

/** What is left to do when the content of all files is there. */
export interface Afterwards {
  /** Further names of files. */
  readonly links: { readonly path: RawPath; readonly first: RawPath }[]
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
    const nodes = decodeTree(await deps.readTree(next.tree, deps.signal))
    for (const node of nodes) {
      const entered = restoreEntry(folder, node)
      if (entered !== undefined && node.subtree !== undefined) {
        toRead.push({ folder: entered, tree: node.subtree })
      }
    }
  }
  return afterwards
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
  const firstNames = new Map<string, RawPath>()

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
    // In a new folder there is nothing in the way, unless the tree has two entries of one name; both are caught there.
    if (!deps.dryRun) clearPlace(path)
    if (node.type === 'file') placeFile(path, node)
    else if (!deps.dryRun && node.type !== 'socket' && node.type !== 'irregular') {
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
    } else if (deps.plan.add(path, node)) {
      if (identity !== undefined) firstNames.set(identity, path)
    } else {
      deps.onProblem(path, 'its content is not in the repository')
    }
  }

  return { afterwards, restoreEntry }
}

/** Links and the metadata of folders, when all files are there. */
export function finishTree(
  { links, folders }: Afterwards,
  deps: Pick<RestoreTreeDeps, 'fileCalls' | 'onProblem'>,
): void {
  for (const { path, first } of links) {
    try {
      clearPlace(path)
      linkSync(pathArgument(first), pathArgument(path))
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
}
