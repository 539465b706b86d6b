import type { BlobId } from '../ids.ts'

export const nodeTypes = ['file', 'dir', 'symlink', 'dev', 'chardev', 'fifo', 'socket', 'irregular'] as const
export type NodeType = (typeof nodeTypes)[number]

/** One entry of a folder, as a tree holds it. */
export interface TreeNode {
  /** Raw bytes, as the file system has them: a name need not be UTF-8. */
  readonly name: Uint8Array
  readonly type: NodeType
  /** Go's file mode, not Unix's: see file-mode.ts. */
  readonly mode: number
  /** Times are nanoseconds since 1970. */
  readonly mtimeNs: bigint
  readonly atimeNs: bigint
  readonly ctimeNs: bigint
  readonly uid: number
  readonly gid: number
  readonly user?: string | undefined
  readonly group?: string | undefined
  /** 64 bits. */
  readonly inode?: bigint | undefined
  /** 64 bits: of the file system that it lies on. */
  readonly deviceId?: bigint | undefined
  /** Of a file: the sum of its chunks, in bytes. */
  readonly size?: number | undefined
  /** Hard links, of anything but folders and fifos. */
  readonly links?: number | undefined
  /** Raw bytes. */
  readonly linkTarget?: Uint8Array | undefined
  readonly extendedAttributes?: readonly ExtendedAttribute[] | undefined
  /** What restic on Windows adds, kept as it came. */
  readonly genericAttributes?: Readonly<Record<string, unknown>> | undefined
  /** Of a device: which one it is (`st_rdev`). */
  readonly device?: bigint | undefined
  /** Of a file: its chunks in order; `[]` when it is empty. */
  readonly content?: readonly BlobId[] | undefined
  /** Of a folder: its tree. */
  readonly subtree?: BlobId | undefined
  readonly error?: string | undefined
}

export interface ExtendedAttribute {
  readonly name: string
  readonly value: Uint8Array | null
}
