import type { BigIntStats } from 'node:fs'

/**
 * What `stat` tells of a file, in numbers: they are made, compared and written down several times as fast as Node's
 * `BigIntStats`, of which a backup needs one for every file there is.
 */
export interface FileStatus {
  /** With the bits of the type. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly links: number
  /** In bytes. */
  readonly size: number
  /** Of 512 bytes each. */
  readonly blocks: number
  /** Above 2⁵³ a `bigint`. */
  readonly inode: number | bigint
  /** Of the file system that it lies on. */
  readonly device: number
  /** Of a device: which one it is. */
  readonly specialDevice: number
  readonly accessed: FileTime
  readonly changed: FileTime
  readonly modified: FileTime
}

/** Since 1970; the nanoseconds count up from the second before, for times before 1970 too. */
export interface FileTime {
  readonly seconds: number
  readonly nanoseconds: number
}

export function statusOf(stats: BigIntStats): FileStatus {
  return {
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    links: Number(stats.nlink),
    size: Number(stats.size),
    blocks: Number(stats.blocks),
    inode: stats.ino <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(stats.ino) : stats.ino,
    device: Number(stats.dev),
    specialDevice: Number(stats.rdev),
    accessed: fileTimeOf(stats.atimeNs),
    changed: fileTimeOf(stats.ctimeNs),
    modified: fileTimeOf(stats.mtimeNs),
  }
}

const nsPerSecond = 1_000_000_000n

function fileTimeOf(ns: bigint): FileTime {
  const nanoseconds = ((ns % nsPerSecond) + nsPerSecond) % nsPerSecond
  return { seconds: Number((ns - nanoseconds) / nsPerSecond), nanoseconds: Number(nanoseconds) }
}

export function nanosecondsOf({ seconds, nanoseconds }: FileTime): bigint {
  return BigInt(seconds) * nsPerSecond + BigInt(nanoseconds)
}
