const KiB = 1024
const MiB = 1024 * KiB

/**
 * Longest file of a kind that is read whole, in bytes: whoever writes to the destination can grow any file, and what is read into
 * memory must not grow with it.
 *
 * Locks and keys have less than 1 KiB. A snapshot lists what was asked for, which may be a file list of some hundred thousand
 * paths. An index, not compressed in version 1 of the format, has at most what one pack header (16 MiB) can name beyond the
 * usual 8 MiB. A pack of restic's has up to 128 MiB, and the last blob and the header besides.
 */
export const longestFile = {
  data: 160 * MiB,
  index: 128 * MiB,
  snapshots: 32 * MiB,
  locks: 64 * KiB,
  keys: 64 * KiB,
} as const

/** Longest JSON of a file that is compressed, in bytes: a few bytes can become gigabytes. */
export const longestJson = {
  index: 128 * MiB,
  snapshots: 64 * MiB,
  locks: 64 * KiB,
} as const
