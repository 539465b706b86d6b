import { envelopeOverhead } from '../envelope/envelope.ts'
import { idBytes } from '../ids.ts'
import type { BlobType } from '../packs/packed-blob.ts'

/** Is told what an index says, in its order. */
export interface IndexVisitor {
  /** `id` is 32 bytes, good until the next call. */
  pack(id: Uint8Array): void
  /** A blob of the pack that was named last; lengths in bytes. `id` is 32 bytes, good until the next call. */
  blob(type: BlobType, id: Uint8Array, offset: number, length: number, uncompressedLength: number): void
}

/**
 * Reads an index straight from its bytes, without an object and a text for each of its 50,000 blobs. It knows the layout that
 * this program and restic write, and no other: false for any other, of which nothing was told, and which must be decoded.
 */
export function scanIndex(json: Uint8Array, visitor: IndexVisitor): boolean {
  // What begins as known may end in a way that gives it another meaning: nothing is told before all of it is known.
  return scan(json, { pack: () => undefined, blob: () => undefined }) && scan(json, visitor)
}

const word = (text: string): Uint8Array => Buffer.from(text)
const words = {
  superseded: word('{"supersedes":["'),
  nextId: word('","'),
  supersededEnd: word('"],"packs":['),
  start: word('{"packs":['),
  end: word(']}'),
  newline: word('\n'),
  comma: word(','),
  id: word('{"id":"'),
  blobs: word('","blobs":['),
  packEnd: word(']}'),
  data: word('","type":"data","offset":'),
  tree: word('","type":"tree","offset":'),
  length: word(',"length":'),
  uncompressedLength: word(',"uncompressed_length":'),
  blobEnd: word('}'),
}

function scan(json: Uint8Array, visitor: IndexVisitor): boolean {
  const cursor = cursorOf(json)
  if (!skipStart(cursor)) return false
  do if (!scanPack(cursor, visitor)) return false
  while (cursor.skip(words.comma))
  if (!cursor.skip(words.end)) return false
  cursor.skip(words.newline)
  return cursor.isAtEnd()
}

/** Older restics name the indexes that this one stands for. */
function skipStart(cursor: Cursor): boolean {
  if (!cursor.skip(words.superseded)) return cursor.skip(words.start)
  do if (!cursor.readId()) return false
  while (cursor.skip(words.nextId))
  return cursor.skip(words.supersededEnd)
}

function scanPack(cursor: Cursor, visitor: IndexVisitor): boolean {
  if (!cursor.skip(words.id) || !cursor.readId()) return false
  visitor.pack(cursor.id)
  if (!cursor.skip(words.blobs)) return false
  do if (!scanBlob(cursor, visitor)) return false
  while (cursor.skip(words.comma))
  return cursor.skip(words.packEnd)
}

function scanBlob(cursor: Cursor, visitor: IndexVisitor): boolean {
  if (!cursor.skip(words.id) || !cursor.readId()) return false
  const isTree = cursor.skip(words.tree)
  if (!isTree && !cursor.skip(words.data)) return false
  const offset = cursor.readNumber()
  const length = cursor.skip(words.length) ? cursor.readNumber() : -1
  const uncompressedLength = cursor.skip(words.uncompressedLength) ? cursor.readNumber() : 0
  if (offset < 0 || length < envelopeOverhead || uncompressedLength < 0) return false
  if (offset + length > maxNumber || !cursor.skip(words.blobEnd)) return false
  visitor.blob(isTree ? 'tree' : 'data', cursor.id, offset, length, uncompressedLength)
  return true
}

interface Cursor {
  /** What `readId` read last. */
  readonly id: Uint8Array
  /** Goes on behind `text`, if that stands here. */
  skip(text: Uint8Array): boolean
  readId(): boolean
  /** -1 where no integer of 32 bits stands. */
  readNumber(): number
  isAtEnd(): boolean
}

const maxNumber = 0xffff_ffff
const digitZero = 0x30
/** By character: the value of a hex digit (lower case), or 255. */
const hexValues = new Uint8Array(256).fill(255)
for (let value = 0; value < 16; value++) hexValues[value.toString(16).charCodeAt(0)] = value

function cursorOf(json: Uint8Array): Cursor {
  const id = new Uint8Array(idBytes)
  let at = 0

  const hexAt = (where: number): number => hexValues[json[where] ?? 0] ?? 255

  return {
    id,
    skip(text) {
      for (let n = 0; n < text.length; n++) if (json[at + n] !== text[n]) return false
      at += text.length
      return true
    },
    readId() {
      let seen = 0
      for (let n = 0; n < idBytes; n++) {
        const high = hexAt(at + 2 * n)
        const low = hexAt(at + 2 * n + 1)
        seen |= high | low
        id[n] = (high << 4) | low
      }
      at += 2 * idBytes
      return seen < 16
    },
    readNumber() {
      const first = at
      let value = 0
      for (let digit = digitAt(json, at); digit >= 0 && value <= maxNumber; digit = digitAt(json, ++at))
        value = value * 10 + digit
      const hasLeadingZero = at - first > 1 && json[first] === digitZero
      return at === first || hasLeadingZero || value > maxNumber ? -1 : value
    },
    isAtEnd: () => at === json.length,
  }
}

function digitAt(json: Uint8Array, at: number): number {
  const digit = (json[at] ?? 0) - digitZero
  return digit >= 0 && digit <= 9 ? digit : -1
}
