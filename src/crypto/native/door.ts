import { createRequire } from 'node:module'

/** What a C function takes and gives: the C types used here. `intptr_t` also stands for `size_t` and `ssize_t`. */
type CType = 'int' | 'unsigned int' | 'int64_t' | 'uint64_t' | 'intptr_t' | 'void *' | 'str'
export type CValue = number | Pointer | string | Uint8Array | Int32Array | BigInt64Array | null

/** An address (or any other integer of 64 bits). Koffi gives `null` for C's NULL. */
export type Pointer = bigint

export type CFunction<Result> = (...values: readonly CValue[]) => Result

/**
 * The C functions that this process already holds: those of libc, and those of the OpenSSL and zstd that are linked into
 * the Node binary and exported by it. A call costs about 0.1 µs. Only this folder knows of koffi.
 *
 * Nothing is checked on the way through: a wrong length corrupts memory, so callers check every one of them first.
 * Memory of ours is passed as it is, never copied, and C keeps no pointer to it past the call.
 */
export interface Door {
  /** Every one throws when the process has no function of that name. */
  integer(name: string, ...parameters: readonly CType[]): CFunction<number>
  long(name: string, result: 'int64_t' | 'intptr_t', ...parameters: readonly CType[]): CFunction<number>
  pointer(name: string, ...parameters: readonly CType[]): CFunction<Pointer | null>
  nothing(name: string, ...parameters: readonly CType[]): CFunction<undefined>
  addressOf(memory: Uint8Array): Pointer
  /** `errno` of the call just made. */
  lastErrno(): number
}

/** @throws whatever `require` throws where koffi is not installed, or has no build for this machine */
export function openDoor(): Door {
  // Not an `import`: a program bundled without koffi, or a machine it was not built for, uses the portable twin.
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
  const process = koffi.load(null)
  const find = <Result>(name: string, result: CType | 'void', parameters: readonly CType[]) =>
    process.func(name, result, [...parameters]) as CFunction<Result>
  return {
    integer: (name, ...parameters) => find(name, 'int', parameters),
    long: (name, result, ...parameters) => find(name, result, parameters),
    pointer: (name, ...parameters) => find(name, 'void *', parameters),
    nothing: (name, ...parameters) => find(name, 'void', parameters),
    addressOf: (memory) => koffi.address(memory),
    lastErrno: () => koffi.errno(),
  }
}
