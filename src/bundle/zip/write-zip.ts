import { crc32 } from 'node:zlib'
import { concatBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import {
  encodeCentralHeader,
  encodeDescriptor,
  encodeEnd,
  encodeLocalHeader,
  max32,
  type WrittenEntry,
} from './records.ts'
import { requireSafeName } from './zip-name.ts'

/** What becomes one file in the ZIP. */
export interface ZipContent {
  readonly name: string
  /** In bytes; required from 4 GiB, as the header before the content must tell. */
  readonly size?: number | undefined
  open(): AsyncIterable<Uint8Array>
}

export interface ZipPadding {
  readonly name: string
  /** The size that a file of `bytes` bytes shall have; more than `bytes`. */
  sizeFor(bytes: number): number
}

/**
 * A ZIP file as a stream: entries are stored as they are, one after the other, each asked for when the one before is
 * written, so that a last one may tell of all the others. With `padding`, an entry of zeros fills the file up.
 *
 * @throws RedomaError `PATH_UNSAFE`; `ALREADY_EXISTS` for a name that was there; `DATA_DAMAGED` when a content is not as long
 * as it said; `LIMIT_EXCEEDED` for 4 GiB without a size
 */
export async function* writeZip(
  contents: AsyncIterable<ZipContent>,
  padding?: ZipPadding,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipInProgress()
  for await (const content of contents) yield* zip.entry(content)
  if (padding !== undefined) yield* zip.entry(zeros(padding.name, zip.roomFor(padding)))
  yield zip.end()
}

class ZipInProgress {
  readonly #names = new Set<string>()
  readonly #written: WrittenEntry[] = []
  readonly #directory: Uint8Array[] = []
  #offset = 0

  async *entry(content: ZipContent): AsyncGenerator<Uint8Array> {
    this.#claim(content.name)
    const name = new TextEncoder().encode(content.name)
    const is64 = (content.size ?? 0) >= max32
    const header = encodeLocalHeader(name, is64)
    yield header
    let crc = 0
    let size = 0
    for await (const chunk of content.open()) {
      crc = crc32(chunk, crc)
      size += chunk.length
      yield chunk
    }
    requireSize(content, size)
    const written = { name, crc, size, offset: this.#offset, is64 }
    const descriptor = encodeDescriptor(written)
    yield descriptor
    this.#add(written, header.length + size + descriptor.length)
  }

  end(): Uint8Array {
    const directory = concatBytes(this.#directory)
    const end = encodeEnd({ count: this.#written.length, offset: this.#offset, bytes: directory.length })
    return concatBytes([directory, end])
  }

  /** How many zeros fill the file up; ZIP64 fields that come with them take room, too, hence the second look. */
  roomFor(padding: ZipPadding): number {
    const { name } = padding
    const smallest = this.#sizeWith(name, 0)
    for (let wanted = padding.sizeFor(smallest); ; wanted = padding.sizeFor(wanted + 1)) {
      const guess = wanted - smallest
      const room = guess - (this.#sizeWith(name, guess) - wanted)
      if (room >= 0 && this.#sizeWith(name, room) === wanted) return room
    }
  }

  #sizeWith(paddingName: string, size: number): number {
    const name = new TextEncoder().encode(paddingName)
    const padding = { name, crc: 0, size, offset: this.#offset, is64: size >= max32 }
    const offset =
      this.#offset + encodeLocalHeader(name, padding.is64).length + size + encodeDescriptor(padding).length
    const bytes =
      this.#directory.reduce((sum, record) => sum + record.length, 0) + encodeCentralHeader(padding).length
    return offset + bytes + encodeEnd({ count: this.#written.length + 1, offset, bytes }).length
  }

  #claim(name: string): void {
    requireSafeName(name)
    if (this.#names.has(name)) {
      throw new RedomaError('ALREADY_EXISTS', `${JSON.stringify(name)} is in the ZIP file already`)
    }
    this.#names.add(name)
  }

  #add(entry: WrittenEntry, bytes: number): void {
    this.#written.push(entry)
    this.#directory.push(encodeCentralHeader(entry))
    this.#offset += bytes
  }
}

function requireSize(content: ZipContent, size: number): void {
  if (content.size !== undefined && content.size !== size) {
    throw new RedomaError(
      'DATA_DAMAGED',
      `${JSON.stringify(content.name)} has ${size} bytes, expected ${content.size}`,
    )
  }
  if (content.size === undefined && size >= max32) {
    throw new RedomaError('LIMIT_EXCEEDED', `${JSON.stringify(content.name)} has 4 GiB and told no size`)
  }
}

const zeroChunk = new Uint8Array(64 * 1024)

function zeros(name: string, size: number): ZipContent {
  return {
    name,
    size,
    async *open() {
      for (let left = size; left > 0; left -= zeroChunk.length) {
        yield zeroChunk.subarray(0, Math.min(left, zeroChunk.length))
      }
    },
  }
}
