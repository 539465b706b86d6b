import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from '../core/errors.ts'

export interface RotationPolicy {
  /** A file that has reached it is put aside. */
  readonly limitBytes: number
  /** How many that were put aside are kept: `NAME.1` is the newest. */
  readonly keep: number
  readonly mode: number
}

export interface RotatingFile {
  /** Adds whole lines, at once: several processes may write to the same file. */
  write(lines: string): void
  close(): void
}

/**
 * A file that grows at its end and is put aside when it is long. A symbolic link in its place is refused, or who may
 * write to the folder would choose which file root appends to.
 */
export function openRotatingFile(path: string, policy: RotationPolicy): RotatingFile {
  let fd = openForAppending(path, policy.mode)
  const reopen = (): void => {
    closeSync(fd)
    fd = openForAppending(path, policy.mode)
  }
  return {
    write(lines) {
      if (!isSameFile(fd, path)) reopen()
      if (fstatSync(fd).size >= policy.limitBytes) {
        putAside(path, policy.keep)
        reopen()
      }
      writeWhole(fd, Buffer.from(lines))
    },
    close: () => {
      closeSync(fd)
    },
  }
}

function openForAppending(path: string, mode: number): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 })
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants
  const fd = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_RDWR, mode)
  endLine(fd)
  return fd
}

/** A disk that was full took the first part of the last line only; the next one must not be added to that. */
function endLine(fd: number): void {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  if (size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last.toString() !== '\n') writeSync(fd, '\n')
}

/** A disk that fills up takes the first part without a word, and says why when it is asked to take the rest. */
function writeWhole(fd: number, bytes: Uint8Array): void {
  const written = writeSync(fd, bytes)
  if (written < bytes.length) writeSync(fd, bytes, written)
}

/** Another process, or logrotate, may have put the file aside. */
function isSameFile(fd: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false })
  const ours = fstatSync(fd)
  return there?.ino === ours.ino && there.dev === ours.dev
}

function putAside(path: string, keep: number): void {
  for (let number = keep - 1; number >= 0; number--) {
    const from = number === 0 ? path : `${path}.${number}`
    try {
      renameSync(from, `${path}.${number + 1}`)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
  }
}
