import { systemError } from '../system-error.ts'
import type { Door } from './door.ts'

/**
 * The system's user id of the process that connected a Unix socket, as the kernel noted it then (SO_PEERCRED, unix(7)).
 *
 * @param descriptor of an open socket
 * @throws the system's error
 */
export type UserAtTheOtherEnd = (descriptor: number) => number

// Linux' own, the same on x64 and arm64.
const socketLevel = 1
const peerCredentials = 17

export function peersBy(door: Door): UserAtTheOtherEnd {
  const getOption = door.integer('getsockopt', 'int', 'int', 'int', 'void *', 'void *')
  /** C's `struct ucred`: process, user, group. */
  const found = new Int32Array(3)
  const length = new Int32Array(1)
  return (descriptor) => {
    length[0] = found.byteLength
    if (getOption(descriptor, socketLevel, peerCredentials, found, length) !== 0)
      throw systemError(door.lastErrno(), 'getsockopt', undefined)
    if (length[0] !== found.byteLength) throw new Error('the kernel says something else of a peer')
    return (found[1] ?? -1) >>> 0
  }
}
