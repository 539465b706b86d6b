import { randomBytes } from 'node:crypto'
import { RedomaError } from '../core/errors.ts'

declare const objectId: unique symbol
declare const blobId: unique symbol

/** The name of a file in a repository: SHA-256 of its stored bytes, as 64 lower-case hex digits. */
export type ObjectId = string & { readonly [objectId]: never }
/** The identity of a blob: SHA-256 of its plain, uncompressed bytes, as 64 lower-case hex digits. */
export type BlobId = string & { readonly [blobId]: never }

/** Bytes of an id in its binary form. */
export const idBytes = 32

/** @throws RedomaError `DATA_DAMAGED` */
export function parseObjectId(text: unknown): ObjectId {
  return parseId(text) as ObjectId
}

/** @throws RedomaError `DATA_DAMAGED` */
export function parseBlobId(text: unknown): BlobId {
  return parseId(text) as BlobId
}

/** Whether `text` has the form of an id; listings hold other names too (leftovers of interrupted writes), which are skipped. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text)
}

export function objectIdFromBytes(bytes: Uint8Array, offset = 0): ObjectId {
  return hexAt(bytes, offset) as ObjectId
}

export function blobIdFromBytes(bytes: Uint8Array, offset = 0): BlobId {
  return hexAt(bytes, offset) as BlobId
}

/** Writes the 32 bytes of `id` to `out` at `offset`. */
export function writeId(id: ObjectId | BlobId, out: Uint8Array, offset = 0): void {
  bufferOver(out).write(id, offset, idBytes, 'hex')
}

export function idToBytes(id: ObjectId | BlobId): Uint8Array {
  const bytes = new Uint8Array(idBytes)
  writeId(id, bytes)
  return bytes
}

/** 32 random bytes in hex: the identity of a new repository. */
export function randomId(): string {
  return randomBytes(idBytes).toString('hex')
}

function parseId(text: unknown): string {
  if (!isId(text)) throw new RedomaError('DATA_DAMAGED', 'an id is 64 lower-case hex digits')
  return text
}

function hexAt(bytes: Uint8Array, offset: number): string {
  return bufferOver(bytes).toString('hex', offset, offset + idBytes)
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
