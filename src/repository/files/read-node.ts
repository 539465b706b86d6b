import { type BigIntStats, readlinkSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { goModeOf, nodeTypeOf } from '../trees/file-mode.ts'
import type { ExtendedAttribute, TreeNode } from '../trees/node.ts'
import type { AccountNames } from './account-names.ts'
import { bytesOfRaw, pathArgument, type RawPath } from './raw-path.ts'

/**
 * The node of a file, all but its content or subtree (and, of a file, its size: that is what was read).
 *
 * @throws the system's errors, of reading links and attributes
 */
export type ReadNode = (path: RawPath, name: RawPath, stat: BigIntStats) => TreeNode

export function makeReadNode(deps: {
  readonly fileCalls: FileCalls
  readonly accounts: AccountNames
  /** Otherwise the access time is said to be the modification time, or every access would make every tree new. */
  readonly withAccessTimes: boolean
}): ReadNode {
  return (path, name, stat) => {
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
      linkTarget: type === 'symlink' ? readlinkSync(pathArgument(path), 'buffer') : undefined,
      extendedAttributes: readExtendedAttributes(deps.fileCalls, path),
      device: type === 'dev' || type === 'chardev' ? stat.rdev : undefined,
    }
  }
}

function readExtendedAttributes(calls: FileCalls, path: RawPath): readonly ExtendedAttribute[] | undefined {
  if (!calls.extendedAttributes) return undefined
  const bytes = bytesOfRaw(path)
  const names = listNames(calls, bytes)
  if (names.length === 0) return undefined
  return names.map((name) => ({
    name: Buffer.from(name).toString(),
    value: calls.getExtendedAttribute(bytes, name),
  }))
}

function listNames(calls: FileCalls, path: Uint8Array): readonly Uint8Array[] {
  try {
    return calls.listExtendedAttributes(path)
  } catch (error) {
    if (systemCode(error) === 'ENOTSUP' || systemCode(error) === 'EOPNOTSUPP') return []
    throw error
  }
}
