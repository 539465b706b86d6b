import { RedomaError } from '../core/errors.ts'

declare const objectName: unique symbol
/** A relative path with `/`, of plain parts: safe as a file name and as an S3 key. */
export type ObjectName = string & { readonly [objectName]: never }

/**
 * The only way to an `ObjectName`: parts of letters, digits, `.`, `_`, `-` and `+`, none empty, none beginning with a dot.
 *
 * @throws RedomaError `PATH_UNSAFE`
 */
export function parseObjectName(text: string): ObjectName {
  const part = /^[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,199}$/
  if (text.length > 900 || !text.split('/').every((name) => part.test(name))) {
    throw new RedomaError(
      'PATH_UNSAFE',
      `${JSON.stringify(text)} is not a name for an object at a destination`,
    )
  }
  return text as ObjectName
}

/** What is none is somebody else's: `undefined`. */
export function asObjectName(text: string): ObjectName | undefined {
  try {
    return parseObjectName(text)
  } catch (error) {
    if (error instanceof RedomaError) return undefined
    throw error
  }
}

export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** What is put: it can be opened again, or a retry would be a lie. */
export interface ObjectBody {
  /** In bytes, where it is known before it was read. */
  readonly size?: number
  open(): AsyncIterable<Uint8Array>
}

export interface ObjectInfo {
  readonly name: ObjectName
  /** In bytes. */
  readonly size: number
  /** When it was put, by the clock of the destination, in milliseconds since 1970; absent where that is not told. */
  readonly putAtMs?: number
}

/**
 * A place that copies go to. Small, and strict about what it promises; test/conformance/destination.ts holds every
 * adapter to it, and `redoma destination test` holds the operator's own share to it.
 */
export interface Destination {
  /**
   * All of it or nothing: a reader never sees half an object. An object of that name is replaced; so may be one whose name
   * differs in capitals only, since to Windows and to Samba as it comes that is the same name. No two names of Redoma do.
   *
   * @throws RedomaError `DESTINATION_FULL`, `DESTINATION_READ_ONLY`, `DESTINATION_UNREACHABLE`, `DESTINATION_FAILED`
   */
  put(name: ObjectName, body: ObjectBody, signal: AbortSignal): Promise<void>
  /**
   * The object, or the part of it in `range` (all of which must exist).
   *
   * @throws RedomaError `OBJECT_NOT_FOUND`, when the iteration begins; `DATA_DAMAGED` when the object is shorter than `range`;
   * `OBJECT_UNREADABLE` when this object cannot be read, which says nothing of others
   */
  get(name: ObjectName, range: ByteRange | undefined, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Every object whose name begins with `prefix` (`''`: all), in no particular order; what is half-written is not among them. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<ObjectInfo>
  /** Succeeds too when there is no such object. */
  remove(name: ObjectName, signal: AbortSignal): Promise<void>
  /** After it, every earlier `put` and `remove` is durable: it survives the loss of power at the destination. */
  flush(signal: AbortSignal): Promise<void>
}

export interface DestinationSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

/** An optional power: a destination that knows how much room is left. */
export interface MeasuresSpace {
  space(signal: AbortSignal): Promise<DestinationSpace>
}

export function measuresSpace(destination: Destination): destination is Destination & MeasuresSpace {
  return 'space' in destination && typeof destination.space === 'function'
}

/** An optional power: a destination that reads into memory of the caller's, who can use it again for the next object. */
export interface ReadsInto {
  /**
   * Fills `out` with the object's bytes from `offset` on, all of which must exist.
   *
   * @throws RedomaError `OBJECT_NOT_FOUND`, `DATA_DAMAGED`, `OBJECT_UNREADABLE` as `get` does
   */
  readInto(name: ObjectName, offset: number, out: Uint8Array, signal: AbortSignal): Promise<void>
}

export function readsInto(destination: Destination): destination is Destination & ReadsInto {
  return 'readInto' in destination && typeof destination.readInto === 'function'
}

/** A body of bytes that are in memory already. */
export function bodyOf(bytes: Uint8Array): ObjectBody {
  return {
    size: bytes.length,
    async *open() {
      yield bytes
    },
  }
}
