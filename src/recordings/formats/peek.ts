import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { concatBytes } from '../../core/bytes.ts'
import { systemCode } from '../../core/errors.ts'
import type { RecordingFile } from '../source/found-recording.ts'
import type { OpenRecordingFile } from '../source/recording-reader.ts'

const headBytes = 256 * 1024
const tailBytes = 256 * 1024
/** Longer content is not scanned to its end for a duration: reading it twice would cost more than that is worth. */
const scanBytes = 256 * 1024 * 1024

/** How a scan over a file's content ended. */
export type ScanEnd = 'whole' | 'too-long' | 'damaged'

/** Looks into a file's content, uncompressed where it is gzip, within limits that no content can break. */
export interface Peek {
  readonly file: RecordingFile
  /** At most the first 256 KiB. */
  head(): Promise<Buffer>
  /** At most the last 256 KiB; `undefined` for what is compressed, which has no way to its end but through all of it. */
  tail(): Promise<Buffer | undefined>
  /** Feeds up to 256 MiB to `onChunk`, until it returns false. */
  scan(onChunk: (chunk: Buffer) => boolean | undefined, signal: AbortSignal): Promise<ScanEnd>
}

export async function peekInto(open: OpenRecordingFile): Promise<Peek> {
  const { file } = open
  const magic = await open.at(0, 3)
  const isGzip = magic[0] === 0x1f && magic[1] === 0x8b && magic[2] === 8
  const content = (): AsyncIterable<Uint8Array> => (isGzip ? gunzip(open.stream()) : open.stream())
  let head: Promise<Buffer> | undefined
  return {
    file,
    head: () => (head ??= isGzip ? firstBytes(content()) : open.at(0, headBytes)),
    tail: async () => (isGzip ? undefined : open.at(Math.max(0, file.size - tailBytes), tailBytes)),
    scan: (onChunk, signal) => scan(content(), onChunk, signal),
  }
}

async function firstBytes(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of content) {
      parts.push(chunk)
      length += chunk.length
      if (length >= headBytes) break
    }
  } catch (error) {
    if (!isZlibError(error)) throw error
  }
  return Buffer.from(concatBytes(parts)).subarray(0, headBytes)
}

async function scan(
  content: AsyncIterable<Uint8Array>,
  onChunk: (chunk: Buffer) => boolean | undefined,
  signal: AbortSignal,
): Promise<ScanEnd> {
  let length = 0
  try {
    for await (const chunk of content) {
      signal.throwIfAborted()
      length += chunk.length
      if (length > scanBytes) return 'too-long'
      if (onChunk(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)) === false) return 'whole'
    }
    return 'whole'
  } catch (error) {
    if (isZlibError(error)) return 'damaged'
    throw error
  }
}

/** Streams, so that a small file that unpacks to terabytes costs no memory, and no time beyond what is asked of it. */
async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(compressed)
  const plain = createGunzip({ chunkSize: 64 * 1024 })
  source.on('error', (error) => plain.destroy(error))
  source.pipe(plain)
  try {
    for await (const chunk of plain) yield chunk as Buffer
  } finally {
    source.destroy()
    plain.destroy()
  }
}

function isZlibError(error: unknown): boolean {
  return systemCode(error)?.startsWith('Z_') ?? false
}
