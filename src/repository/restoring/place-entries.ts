import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import type { RawPath } from '../files/raw-path.ts'
import { permissionsOf, unixTypeBitsOf } from '../trees/file-mode.ts'
import type { TreeNode } from '../trees/node.ts'
import { type HeldFolders, pathOnly } from './held-folders.ts'
import { metadataOf } from './plan-files.ts'

/**
 * Makes sure that a real folder is at `path`, whose parent is one. A link in its place would lead what follows out of the
 * target, so it is removed, not followed.
 *
 * @param keep whether whatever else is in its place must stay
 * @returns whether it is new
 * @throws RedomaError `PATH_UNSAFE` when it stays
 */
export function placeFolder(path: RawPath, keep: boolean, folders: HeldFolders): boolean {
  const entry = folders.entry(path)
  try {
    mkdirSync(entry, 0o700)
    return true
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
  if (lstatSync(entry).isDirectory()) return false
  if (keep) throw new RedomaError('PATH_UNSAFE', 'is no folder, and stays as it is')
  unlinkSync(entry)
  mkdirSync(entry, 0o700)
  return true
}

/**
 * Takes away whatever is in the place of a file, as restic does: an empty folder too. Another name of the same file (a hard
 * link) keeps its content.
 *
 * @throws RedomaError `PATH_UNSAFE` when a folder is there that holds something: that is nobody's to remove
 */
export function clearPlace(entry: string | Buffer): void {
  const stat = lstatSync(entry, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (stat.isDirectory()) removeEmpty(entry)
  else unlinkSync(entry)
}

function removeEmpty(folder: string | Buffer): void {
  try {
    rmdirSync(folder)
  } catch (cause) {
    if (systemCode(cause) !== 'ENOTEMPTY') throw cause
    throw new RedomaError('PATH_UNSAFE', 'a folder is in its place, and not empty', { cause })
  }
}

/**
 * Makes a link, fifo or device, unless the very link is there already, and gives it its owner, times and the like.
 *
 * @returns what of these could not be set
 * @throws RedomaError `PATH_UNSAFE`
 */
export function placeSpecial(
  path: RawPath,
  node: TreeNode,
  isThere: boolean,
  folders: HeldFolders,
  calls: FileCalls,
): string[] {
  const entry = folders.entry(path)
  if (!isThere || !isSameLink(entry, node)) {
    clearPlace(entry)
    make(entry, node, calls)
  }
  const fd = openSync(entry, pathOnly | constants.O_NOFOLLOW)
  try {
    requireMade(fd, node)
    return applyMetadata(fd, metadataOf(node), calls)
  } finally {
    closeSync(fd)
  }
}

/** Another name of the link may lie outside of what is restored: that one keeps its owner and times. */
function isSameLink(entry: string | Buffer, node: TreeNode): boolean {
  if (node.type !== 'symlink') return false
  const stat = lstatSync(entry, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() !== true || stat.nlink > 1) return false
  return Buffer.compare(readlinkSync(entry, 'buffer'), node.linkTarget ?? new Uint8Array()) === 0
}

function make(entry: string | Buffer, node: TreeNode, calls: FileCalls): void {
  if (node.type === 'symlink') {
    symlinkSync(Buffer.from(node.linkTarget ?? []), entry)
    return
  }
  const mode = unixTypeBitsOf(node.type) | permissionsOf(node.mode)
  calls.makeNode(Buffer.from(entry), mode, node.device ?? 0n)
}

/** Who may write to the folder may have put a name of another file there meanwhile, and must not get its owner changed. */
function requireMade(fd: number, node: TreeNode): void {
  const { mode, nlink } = fstatSync(fd)
  if ((mode & constants.S_IFMT) === unixTypeBitsOf(node.type) && nlink === 1) return
  throw new RedomaError('PATH_UNSAFE', 'something else was put in its place meanwhile')
}
