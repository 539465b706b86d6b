import { crc32 } from 'node:zlib'
import { utf8Text, viewOf } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { findDirectory, parseDirectory, type ZipEntry } from './directory.ts'
import type { RandomAccess } from './random-access.ts'
import { localHeaderBytes, signatures } from './records.ts'

export type { ZipEntry } from './directory.ts'

export interface ZipReader {
  readonly entries: readonly ZipEntry[]
  /**
   * The content of an entry, checked against its CRC-32 when the iteration ends.
   *
   * @throws RedomaError `DATA_DAMAGED`
   */
  read(entry: ZipEntry): AsyncIterable<Uint8Array>
}

/** Read up to a multiple of it: whole chunks of an age file, so that none is decrypted twice. */
const readBytes = 256 * 1024

/**
 * Opens a ZIP file by its directory, as `writeZip` and other careful programs make it: entries stored, names safe and each
 * there once, no two entries in the same bytes. Nothing is ever unpacked to more bytes than the file has, so there are
 * no bombs.
 *
 * @throws RedomaError `DATA_DAMAGED`, `FORMAT_UNKNOWN` for what is compressed or encrypted, `PATH_UNSAFE`, `LIMIT_EXCEEDED`
 */
export async function openZip(file: RandomAccess): Promise<ZipReader> {
  const place = await findDirectory(file)
  const entries = parseDirectory(await file.read(place.offset, place.offset + place.bytes), place)
  return { entries, read: (entry) => readEntry(file, entry) }
}

async function* readEntry(file: RandomAccess, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const start = await contentStart(file, entry)
  if (start + entry.size > entry.limit) throw damaged(entry, 'overlaps what follows it')
  const end = start + entry.size
  let crc = 0
  let at = start
  while (at < end) {
    const next = Math.min(end, (Math.floor(at / readBytes) + 1) * readBytes)
    const chunk = await file.read(at, next)
    crc = crc32(chunk, crc)
    yield chunk
    at = next
  }
  if (crc !== entry.crc) throw damaged(entry, 'does not have its CRC-32')
}

/** The local header must say what the directory says: programs that read one and not the other would see other files. */
async function contentStart(file: RandomAccess, entry: ZipEntry): Promise<number> {
  if (entry.offset + localHeaderBytes > entry.limit) throw damaged(entry, 'lies outside')
  const header = viewOf(await file.read(entry.offset, entry.offset + localHeaderBytes))
  const nameBytes = header.getUint16(26, true)
  const nameStart = entry.offset + localHeaderBytes
  const isLocal = header.getUint32(0, true) === signatures.local && nameStart + nameBytes <= entry.limit
  if (!isLocal) throw damaged(entry, 'has no local header')
  const name = utf8Text(await file.read(nameStart, nameStart + nameBytes))
  const agrees =
    name === entry.name &&
    header.getUint16(6, true) === entry.flags &&
    header.getUint16(8, true) === 0 &&
    sizesAgree(header, entry)
  if (!agrees) throw damaged(entry, 'has a local header that does not agree with the directory')
  return nameStart + nameBytes + header.getUint16(28, true)
}

function sizesAgree(header: DataView, entry: ZipEntry): boolean {
  const sizes = [header.getUint32(18, true), header.getUint32(22, true)]
  const isInDescriptor = (entry.flags & 0x8) !== 0
  return sizes.every((size) => size === entry.size || size === 0xffffffff || (isInDescriptor && size === 0))
}

function damaged(entry: ZipEntry, problem: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `the ZIP entry ${JSON.stringify(entry.name)} ${problem}`)
}
