import { createHash } from 'node:crypto'
import type { TreeNode } from './node.ts'

/**
 * What the names of one file with several names have in common; `undefined` of what has one name only. What is in it is part of it, not
 * device and inode alone: inode numbers are used again while a backup runs, and equal ones can come from several hosts.
 */
export function sharedIdentity(node: TreeNode): string | undefined {
  if ((node.links ?? 0) <= 1 || node.type === 'dir') return undefined
  const { type, deviceId = 0n, inode = 0n, size = 0, device = 0n } = node
  const hash = createHash('sha256').update(node.linkTarget ?? '')
  for (const id of node.content ?? []) hash.update(id)
  return [type, deviceId, inode, size, device, hash.digest('base64')].join(':')
}
