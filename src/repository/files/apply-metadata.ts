import { chmodSync, fchmodSync, fchownSync, lchownSync } from 'node:fs'
import { messageOf, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { permissionsOf } from '../trees/file-mode.ts'
import type { ExtendedAttribute, TreeNode } from '../trees/node.ts'
import { bytesOfRaw, pathArgument, type RawPath } from './raw-path.ts'

/** What a file has beside its content, as it crosses threads. */
export type Metadata = Pick<
  TreeNode,
  'type' | 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'atimeNs' | 'extendedAttributes'
>

/**
 * Gives a file that was just written its owner, permissions, attributes and times, in the order in which none takes back
 * another: a change of owner clears setuid bits and capabilities, anything changes times. Links are never followed.
 *
 * @param fd of the open file; without one, `path` must be known to be of the node's type
 * @returns what could not be done, for people
 */
export function applyMetadata(
  path: RawPath,
  fd: number | undefined,
  metadata: Metadata,
  calls: FileCalls,
): string[] {
  const problems: string[] = []
  const attempt = (what: string, operation: () => void): void => {
    try {
      operation()
    } catch (error) {
      problems.push(`${what}: ${systemCode(error) ?? messageOf(error)}`)
    }
  }
  const { uid, gid, mode, type } = metadata
  attempt('owner not set', () => {
    changeOwner(path, fd, uid, gid)
  })
  if (type !== 'symlink') {
    attempt('permissions not set', () => {
      if (fd === undefined) chmodSync(pathArgument(path), permissionsOf(mode))
      else fchmodSync(fd, permissionsOf(mode))
    })
  }
  for (const attribute of metadata.extendedAttributes ?? []) {
    attempt(`attribute ${attribute.name} not set`, () => {
      setAttribute(path, attribute, calls)
    })
  }
  attempt('times not set', () => {
    calls.setTimes(bytesOfRaw(path), metadata.atimeNs, metadata.mtimeNs)
  })
  return problems
}

/** Who is not root owns all that is restored; that is no fault. */
function changeOwner(path: RawPath, fd: number | undefined, uid: number, gid: number): void {
  try {
    if (fd === undefined) lchownSync(pathArgument(path), uid, gid)
    else fchownSync(fd, uid, gid)
  } catch (error) {
    if (process.geteuid?.() === 0 || systemCode(error) !== 'EPERM') throw error
  }
}

function setAttribute(path: RawPath, { name, value }: ExtendedAttribute, calls: FileCalls): void {
  calls.setExtendedAttribute(bytesOfRaw(path), Buffer.from(name), value ?? new Uint8Array(0))
}
