import { createHash } from 'node:crypto'
import type { RawName } from './raw-name.ts'

/** One file of a recording, as it was when the source was walked. */
export interface RecordingFile {
  /** Without folders; unique within its recording. */
  readonly name: RawName
  /** From the source's folder. */
  readonly path: RawName
  /** In bytes. */
  readonly size: number
  /** Nanoseconds since 1970. */
  readonly modifiedNs: bigint
  readonly changedNs: bigint
  /** Permission bits. */
  readonly mode: number
  readonly device: bigint
  readonly inode: bigint
}

/** One recorded session: one file, or several that belong together. */
export interface FoundRecording {
  /** From the source's folder: the file, the first file of several, or the folder that is the recording. */
  readonly path: RawName
  /** At least one, in the order of their names. */
  readonly files: readonly RecordingFile[]
}

/** Changes when the recording does: SHA-256 over names, sizes and times of its files, lower-case hex. */
export function fingerprintOf(recording: FoundRecording): string {
  const hash = createHash('sha256')
  for (const { name, size, modifiedNs } of recording.files) hash.update(`${name}\0${size}\0${modifiedNs}\0`)
  return hash.digest('hex')
}

/** In bytes. */
export function sizeOfRecording(recording: FoundRecording): number {
  return recording.files.reduce((sum, file) => sum + file.size, 0)
}

/** When any of its files was written to last. A time in the future says nothing: then the time of the inode's change counts. */
export function lastWrittenAt(recording: FoundRecording, now: Date): Date {
  const nowNs = BigInt(now.getTime()) * 1_000_000n
  const times = recording.files.map(({ modifiedNs, changedNs }) =>
    modifiedNs <= nowNs ? modifiedNs : changedNs,
  )
  return dateOfNs(times.reduce((a, b) => (a > b ? a : b), 0n))
}

const latestNs = BigInt(Date.UTC(9999, 11, 31)) * 1_000_000n

/** File systems keep times of any year, and anyone may set them: what no ISO 8601 date can say becomes the nearest that it can. */
export function dateOfNs(ns: bigint): Date {
  const clamped = ns < 0n ? 0n : ns > latestNs ? latestNs : ns
  return new Date(Number(clamped / 1_000_000n))
}

/**
 * Stable for ever and safe as a folder name: 80 bits of a hash over the source's name and the path in it. It tells
 * nothing of either.
 */
export function recordingIdOf(source: string, recording: FoundRecording): string {
  const hash = createHash('sha256').update('redoma recording\0').update(source).update('\0')
  return hash.update(recording.path, 'latin1').digest('hex').slice(0, 20)
}
