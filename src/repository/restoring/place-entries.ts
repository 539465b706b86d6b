import { lstatSync, mkdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { RedomaError, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { bytesOfRaw, pathArgument, type RawPath } from '../files/raw-path.ts'
import { permissionsOf, unixTypeBitsOf } from '../trees/file-mode.ts'
import type { TreeNode } from '../trees/node.ts'

/**
 * Makes sure that a real folder is at `path`, whose parent is one. A link in its place would lead what follows out of the
 * target, so it is removed, not followed.
 *
 * @param keep whether whatever else is in its place must stay
 * @returns whether it is new
 * @throws RedomaError `PATH_UNSAFE` when it stays
 */
export function placeFolder(path: RawPath, keep: boolean): boolean {
  try {
    mkdirSync(pathArgument(path), 0o700)
    return true
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
  if (lstatSync(pathArgument(path)).isDirectory()) return false
  if (keep) throw new RedomaError('PATH_UNSAFE', 'is no folder, and stays as it is')
  unlinkSync(pathArgument(path))
  mkdirSync(pathArgument(path), 0o700)
  return true
}

/**
 * Takes away whatever is in the place of a file. Another name of the same file (a hard link) keeps its content.
 *
 * @throws RedomaError `PATH_UNSAFE` when a folder is there: what it holds is nobody's to remove
 */
export function clearPlace(path: RawPath): void {
  const stat = lstatSync(pathArgument(path), { throwIfNoEntry: false })
  if (stat === undefined) return
  if (stat.isDirectory()) throw new RedomaError('PATH_UNSAFE', 'a folder is in its place')
  unlinkSync(pathArgument(path))
}

/** Whether the very link is there already. */
export function isSameLink(path: RawPath, node: TreeNode): boolean {
  if (node.type !== 'symlink') return false
  const stat = lstatSync(pathArgument(path), { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() !== true) return false
  return Buffer.compare(readlinkSync(pathArgument(path), 'buffer'), node.linkTarget ?? new Uint8Array()) === 0
}

/** Makes a link, fifo or device in a place that is clear. */
export function placeSpecial(path: RawPath, node: TreeNode, calls: FileCalls): void {
  if (node.type === 'symlink') {
    symlinkSync(Buffer.from(node.linkTarget ?? []), pathArgument(path))
    return
  }
  const mode = unixTypeBitsOf(node.type) | permissionsOf(node.mode)
  calls.makeNode(bytesOfRaw(path), mode, node.device ?? 0n)
}
