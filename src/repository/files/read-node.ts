import { type BigIntStats, readlinkSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
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
  (path: RawPath, name: RawPath, stat: BigIntStats, fd?: number): TreeNode
  /** As much of the node of a file as `stat` tells: all but its extended attributes. Asks the system nothing. */
  ofStat(name: RawPath, stat: BigIntStats): TreeNode
}

export function makeReadNode(deps: {
  readonly fileCalls: FileCalls
  readonly accounts: AccountNames
  /** Otherwise the access time is said to be the modification time, or every access would make every tree new. */
  readonly withAccessTimes: boolean
}): ReadNode {
  const ofStat = (name: RawPath, stat: BigIntStats): TreeNode => {
    const unixMode = Number(stat.mode)
    const type = nodeTypeOf(unixMode)
    const uid = Number(stat.uid)
    const gid = Number(stat.gid)
    return {
      name: bytesOfRaw(name),
      type,
      mode: goModeOf(unixMode),
      mtimeNs: stat.mtimeNs,
      atimeNs: deps.withAccessTimes ? stat.atimeNs : stat.mtimeNs,
      ctimeNs: stat.ctimeNs,
      uid,
      gid,
      user: deps.accounts.userName(uid),
      group: deps.accounts.groupName(gid),
      inode: stat.ino,
      deviceId: stat.dev,
      links: type === 'dir' || type === 'fifo' ? undefined : Number(stat.nlink),
      device: type === 'dev' || type === 'chardev' ? stat.rdev : undefined,
    }
  }
  const readNode = (path: RawPath, name: RawPath, stat: BigIntStats, fd?: number): TreeNode => {
    const node = ofStat(name, stat)
    return {
      ...node,
      linkTarget: node.type === 'symlink' ? readlinkSync(pathArgument(path), 'buffer') : undefined,
      extendedAttributes: readExtendedAttributes(deps.fileCalls, fd ?? path),
    }
  }
  return Object.assign(readNode, { ofStat })
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
