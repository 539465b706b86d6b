import { constants } from 'node:os'
import type { Door } from './door.ts'

const { EBADF } = constants.errno

/**
 * Calls `ofOpen`; where the descriptor is one of `O_PATH`, which such calls refuse, `ofPath` with a path that leads to just what
 * is open (proc(5)), and so must be followed.
 */
export function onOpen(
  door: Door,
  fd: number,
  ofOpen: (fd: number) => number,
  ofPath: (path: Uint8Array) => number,
): number {
  const result = ofOpen(fd)
  return result >= 0 || door.lastErrno() !== EBADF ? result : ofPath(Buffer.from(`/proc/self/fd/${fd}`))
}

export function pathOf(file: Uint8Array | number): Uint8Array | undefined {
  return typeof file === 'number' ? undefined : file
}
