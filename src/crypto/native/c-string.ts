import { constants } from 'node:os'
import { systemError } from '../system-error.ts'

/** Turns bytes into a C string, with a zero at its end. It is good until the next one is made. */
export type CString = (bytes: Uint8Array, syscall: string, path: Uint8Array | undefined) => Uint8Array

/** In one reused buffer, for strings of at most `limit` bytes. Longer ones fail with `errno` `tooLong`, as the kernel does. */
export function cStrings(limit: number, tooLong: number): CString {
  const buffer = new Uint8Array(limit + 1)
  return (bytes, syscall, path) => {
    if (bytes.length > limit) throw systemError(tooLong, syscall, path)
    // C would stop there, and work on another file than was named.
    if (bytes.includes(0)) throw systemError(constants.errno.EINVAL, syscall, path)
    buffer.set(bytes)
    buffer[bytes.length] = 0
    return buffer
  }
}
