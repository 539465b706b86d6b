import type { FileStatus } from './file-status.ts'

/**
 * What the system can do with a file and Node cannot: paths are raw bytes, as the kernel has them, and symbolic links
 * are never followed. Errors are `Error`s with `code` (`ENOENT` …), `errno`, `syscall` and `path`, as Node's own.
 *
 * A file may also be given by its descriptor, one of `O_PATH` too: then no name is looked up, and nothing can have taken its place.
 */
export interface FileCalls {
  readonly name: 'native' | 'portable'
  /** Whether extended attributes can be read and written here at all (ACLs and capabilities are among them on Linux). */
  readonly extendedAttributes: boolean
  /** Of a path with one character a byte; of a link itself. */
  status(latin1Path: string): FileStatus
  statusOfOpen(fd: number): FileStatus
  /** In the system's own order; empty where the file system has none. */
  listExtendedAttributes(file: Uint8Array | number): Uint8Array[]
  getExtendedAttribute(file: Uint8Array | number, name: Uint8Array): Uint8Array
  setExtendedAttribute(file: Uint8Array | number, name: Uint8Array, value: Uint8Array): void
  removeExtendedAttribute(file: Uint8Array | number, name: Uint8Array): void
  /** Sets access and modification time, in nanoseconds since 1970 (microseconds in the portable twin). */
  setTimes(file: Uint8Array | number, accessNs: bigint, modifiedNs: bigint): void
  /** Makes a fifo, device or socket; `mode` holds the type bits (`S_IFIFO` …) too. */
  makeNode(path: Uint8Array, mode: number, device: bigint): void
  /**
   * The memory from its first page on, up to a page less: what is written past the page cache must begin at one. In the
   * portable twin all of it.
   */
  fromPage(memory: Uint8Array): Uint8Array
  /**
   * The next region that holds data at or after `offset` of the open file: `undefined` when only a hole is left.
   * Where the file system cannot tell, all of the file is data. Moves the file's position: read at places, not onwards.
   */
  nextData(
    fd: number,
    offset: number,
    fileSize: number,
  ): { readonly start: number; readonly end: number } | undefined
}
