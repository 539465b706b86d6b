import type { FileCalls } from './file-calls.ts'
import { datagramsBy, type SendDatagram } from './native/datagrams.ts'
import { type Door, openDoor } from './native/door.ts'
import { forbidDumpsBy } from './native/forbid-dumps.ts'
import { requireKnownAnswers } from './native/known-answers.ts'
import { linuxFileCalls } from './native/linux-file-calls.ts'
import { opensslPrimitives } from './native/openssl.ts'
import { peersBy, type UserAtTheOtherEnd } from './native/peers.ts'
import { returnMemoryBy } from './native/return-memory.ts'
import { zstdPrimitives } from './native/zstd.ts'
import { portableFileCalls, portablePrimitives } from './portable.ts'
import type { Primitives } from './primitives.ts'

/** The fastest primitives that this machine and this Node offer: native ones that gave the known answers, else the portable twin. */
export function loadPrimitives(): Primitives {
  return nativePrimitives() ?? portablePrimitives()
}

/** The most capable file calls that this machine offers. */
export function loadFileCalls(): FileCalls {
  return nativeFileCalls() ?? portableFileCalls()
}

/** `undefined` where they cannot be had: koffi not installed, another Node or libc, FIPS mode without ChaCha20. */
export function nativePrimitives(): Primitives | undefined {
  return throughTheDoor((door) => {
    const primitives = { name: 'native', ...opensslPrimitives(door), ...zstdPrimitives(door) } as const
    requireKnownAnswers(primitives)
    return primitives
  })
}

/** `undefined` where they cannot be had. */
export function nativeFileCalls(): FileCalls | undefined {
  // The structs and constants are those of Linux with 64 bits.
  const isKnown = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
  return isKnown ? throughTheDoor(linuxFileCalls) : undefined
}

/**
 * From here on this process leaves no core dump, and only root looks into its memory: passwords, words and identities are strings, which
 * cannot be wiped. Where the system does not offer it, nothing happens.
 */
export function forbidDumps(): void {
  if (process.platform === 'linux') throughTheDoor(forbidDumpsBy)
}

/** `undefined` where they cannot be had. A receiver that takes nothing is given up after five seconds, or what is said. */
export function loadDatagrams(patienceMs = 5000): SendDatagram | undefined {
  return process.platform === 'linux' ? throughTheDoor((door) => datagramsBy(door, patienceMs)) : undefined
}

/** `undefined` where the C library offers no way. */
export function loadReturnMemory(): (() => void) | undefined {
  return process.platform === 'linux' ? throughTheDoor(returnMemoryBy) : undefined
}

/** `undefined` where the system cannot be asked. */
export function loadPeers(): UserAtTheOtherEnd | undefined {
  return process.platform === 'linux' ? throughTheDoor(peersBy) : undefined
}

function throughTheDoor<T>(make: (door: Door) => T): T | undefined {
  try {
    return make(openDoor())
  } catch {
    return undefined
  }
}
