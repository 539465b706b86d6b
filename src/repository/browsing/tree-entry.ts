import type { TreeNode } from '../trees/node.ts'

/** A node and where it is in its snapshot. */
export interface TreeEntry {
  /** Raw bytes, absolute, without a `/` at the end. */
  readonly path: Uint8Array
  readonly node: TreeNode
}

/** For people; bytes that are not UTF-8 show as U+FFFD. */
export function textOfPath(path: Uint8Array): string {
  return Buffer.from(path.buffer, path.byteOffset, path.length).toString()
}

export function joinPath(folder: Uint8Array, name: Uint8Array): Uint8Array {
  const path = new Uint8Array(folder.length + 1 + name.length)
  path.set(folder)
  path[folder.length] = 0x2f
  path.set(name, folder.length + 1)
  return path
}
