import { constants } from 'node:os'
import { systemError } from '../system-error.ts'
import type { Door } from './door.ts'

/**
 * Sends one datagram to the Unix socket at an address: a path, or a zero byte and a name (abstract sockets, unix(7)).
 *
 * @throws the system's error: `ENOENT` and `ECONNREFUSED` when nobody listens, `EAGAIN` when it was not taken in time, `ENAMETOOLONG`
 */
export type SendDatagram = (address: Uint8Array, words: Uint8Array) => void

// Linux' own, the same on x64 and arm64.
const unixFamily = 1
const datagramSocket = 2
const closeOnExec = 0o2000000
const socketLevel = 1
const sendTimeout = 21
const noSignal = 0x4000

/** `sizeof sun_path`. Systemd takes a path that fills it, without a zero at its end. */
const addressLimit = 108

/**
 * Node has no Unix sockets for datagrams.
 *
 * @param patienceMs for a receiver whose queue is full. The thread waits as long, so it must be short
 */
export function datagramsBy(door: Door, patienceMs: number): SendDatagram {
  const socket = door.integer('socket', 'int', 'int', 'int')
  const setOption = door.integer('setsockopt', 'int', 'int', 'int', 'void *', 'unsigned int')
  const sendTo = door.long('sendto', 'intptr_t', 'int', 'void *', 'intptr_t', 'int', 'void *', 'unsigned int')
  const close = door.integer('close', 'int')
  const fail = (syscall: string): Error => systemError(door.lastErrno(), syscall, undefined)
  /** C's `struct timeval`: seconds, microseconds. */
  const patience = BigInt64Array.of(BigInt(Math.floor(patienceMs / 1000)), BigInt((patienceMs % 1000) * 1000))

  return (address, words) => {
    const place = socketAddress(address)
    const fd = socket(unixFamily, datagramSocket | closeOnExec, 0)
    if (fd < 0) throw fail('socket')
    try {
      if (setOption(fd, socketLevel, sendTimeout, patience, patience.byteLength) !== 0)
        throw fail('setsockopt')
      if (sendTo(fd, words, words.length, noSignal, place, place.length) < 0) throw fail('sendto')
    } finally {
      close(fd)
    }
  }
}

/** C's `struct sockaddr_un`, as long as is used of it. Both kinds of machine that Redoma runs on have the low byte first. */
function socketAddress(address: Uint8Array): Uint8Array {
  if (address.length > addressLimit) throw systemError(constants.errno.ENAMETOOLONG, 'sendto', address)
  const bytes = new Uint8Array(2 + address.length)
  bytes[0] = unixFamily
  bytes.set(address, 2)
  return bytes
}
