import { lstatSync } from 'node:fs'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { type RawPath, rawPathFrom } from '../files/raw-path.ts'
import type { TreeNode } from '../trees/node.ts'
import type { HeldFolders } from './held-folders.ts'
import { placeSpecial } from './place-entries.ts'
import type { RestoreRequest } from './request.ts'
import type { RestoreWindow } from './restore-window.ts'
import type { TargetFolder } from './target-folder.ts'

export interface PlaceNodeDeps {
  readonly window: Pick<RestoreWindow, 'add'>
  readonly folders: HeldFolders
  readonly fileCalls: FileCalls
  readonly request: RestoreRequest
  /** Takes away what the snapshot does not have; `relative` as in `TargetFolder`. */
  readonly remove: (path: RawPath, relative: RawPath) => void
  readonly onProblem: (path: RawPath, message: string) => void
}

/**
 * Hands a file to the window, and makes a link, fifo or device at once: those have no content. Their folder is made.
 *
 * @throws RedomaError `PATH_UNSAFE` where a folder is in the way, and stays
 */
export function placeNode(
  parent: TargetFolder,
  path: RawPath,
  relative: RawPath,
  node: TreeNode,
  deps: PlaceNodeDeps,
): void {
  const isThere = parent.existing.has(rawPathFrom(node.name)) && !makesRoom(path, relative, node, deps)
  if (node.type === 'file') deps.window.add(path, node, isThere)
  else if (node.type !== 'socket' && node.type !== 'irregular') placeOther(path, node, isThere, deps)
}

function placeOther(path: RawPath, node: TreeNode, isThere: boolean, deps: PlaceNodeDeps): void {
  if (deps.request.dryRun || (isThere && stays(path, node, deps))) return
  for (const problem of placeSpecial(path, node, isThere, deps.folders, deps.fileCalls))
    deps.onProblem(path, problem)
}

/** Of what is there already. */
function stays(path: RawPath, { mtimeNs }: TreeNode, { request, folders }: PlaceNodeDeps): boolean {
  if (request.overwrite !== 'if-newer') return request.overwrite === 'never'
  const there = lstatSync(folders.entry(path), { bigint: true, throwIfNoEntry: false })
  return there !== undefined && there.mtimeNs >= mtimeNs
}

/** A folder in the place of something else is of what the snapshot does not have. True when nothing is there any more, or would be. */
function makesRoom(path: RawPath, relative: RawPath, node: TreeNode, deps: PlaceNodeDeps): boolean {
  const { request, folders, remove } = deps
  if ((request.deletes ?? 'nothing') === 'nothing') return false
  if (!isFolder(path, folders) || stays(path, node, deps)) return false
  remove(path, relative)
  return request.dryRun || !isFolder(path, folders)
}

function isFolder(path: RawPath, folders: HeldFolders): boolean {
  return lstatSync(folders.entry(path), { throwIfNoEntry: false })?.isDirectory() === true
}
