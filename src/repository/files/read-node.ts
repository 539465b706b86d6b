import { readlinkSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { type FileStatus, type FileTime, nanosecondsOf } from '../../crypto/file-status.ts'
import { formatParts } from '../encoding/rfc3339.ts'
import { encodeLatin1Name, encodeStatus } from '../trees/encode-tree.ts'
import { goModeOf, nodeTypeOf } from '../trees/file-mode.ts'
import type { ExtendedAttribute, TreeNode } from '../trees/node.ts'
import type { AccountNames } from './account-names.ts'
import { bytesOfRaw, pathArgument, type RawPath } from './raw-path.ts'

/**
 * The node of a file, all but its content or subtree (and, of a file, its size: that is what was read). With the descriptor
 * of the open file its attributes are that file's, whatever has taken its place meanwhile; and they cost less.
 *
 * @throws the system's errors, of reading links and attributes
 */
export interface ReadNode {
  (path: RawPath, name: RawPath, status: FileStatus, fd?: number): TreeNode
  /** The node of a file as far as its status tells, encoded: all that stands before its extended attributes. */
  encodeStatus(name: RawPath, status: FileStatus): string
}

export function makeReadNode(deps: {
  readonly fileCalls: FileCalls
  readonly accounts: AccountNames
  /** Otherwise the access time is said to be the modification time, or every access would make every tree new. */
  readonly withAccessTimes: boolean
}): ReadNode {
  const { accounts, withAccessTimes } = deps
  const readNode = (path: RawPath, name: RawPath, status: FileStatus, fd?: number): TreeNode => {
    const type = nodeTypeOf(status.mode)
    const mtimeNs = nanosecondsOf(status.modified)
    return {
      name: bytesOfRaw(name),
      type,
      mode: goModeOf(status.mode),
      mtimeNs,
      atimeNs: withAccessTimes ? nanosecondsOf(status.accessed) : mtimeNs,
      ctimeNs: nanosecondsOf(status.changed),
      uid: status.uid,
      gid: status.gid,
      user: accounts.userName(status.uid),
      group: accounts.groupName(status.gid),
      inode: BigInt(status.inode),
      deviceId: BigInt(status.device),
      links: type === 'dir' || type === 'fifo' ? undefined : status.links,
      device: type === 'dev' || type === 'chardev' ? BigInt(status.specialDevice) : undefined,
      linkTarget: type === 'symlink' ? readlinkSync(pathArgument(path), 'buffer') : undefined,
      extendedAttributes: readExtendedAttributes(deps.fileCalls, fd ?? path),
    }
  }
  const statusOfFile = (name: RawPath, status: FileStatus): string => {
    const modified = textOf(status.modified)
    return encodeStatus({
      name: encodeLatin1Name(name),
      type: 'file',
      mode: goModeOf(status.mode),
      modified,
      accessed: withAccessTimes ? textOf(status.accessed) : modified,
      changed: textOf(status.changed),
      uid: status.uid,
      gid: status.gid,
      user: accounts.userName(status.uid),
      group: accounts.groupName(status.gid),
      inode: status.inode,
      deviceId: status.device,
      size: status.size,
      links: status.links,
    })
  }
  return Object.assign(readNode, { encodeStatus: statusOfFile })
}

function textOf({ seconds, nanoseconds }: FileTime): string {
  return formatParts(seconds, nanoseconds)
}

function readExtendedAttributes(
  calls: FileCalls,
  place: RawPath | number,
): readonly ExtendedAttribute[] | undefined {
  if (!calls.extendedAttributes) return undefined
  const file = typeof place === 'number' ? place : bytesOfRaw(place)
  const names = listNames(calls, file)
  if (names.length === 0) return undefined
  return names.map((name) => ({
    name: Buffer.from(name).toString(),
    value: calls.getExtendedAttribute(file, name),
  }))
}

function listNames(calls: FileCalls, file: Uint8Array | number): readonly Uint8Array[] {
  try {
    return calls.listExtendedAttributes(file)
  } catch (error) {
    if (systemCode(error) === 'ENOTSUP' || systemCode(error) === 'EOPNOTSUPP') return []
    throw error
  }
}
