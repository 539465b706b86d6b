import { isUtf8 } from 'node:buffer'
import { RedomaError } from '../../core/errors.ts'
import type { RandomAccess } from './random-access.ts'
import {
  centralHeaderBytes,
  type Directory,
  end64Bytes,
  endBytes,
  locator64Bytes,
  max16,
  max32,
  signatures,
  stored,
  zip64ExtraId,
} from './records.ts'
import { requireSafeName } from './zip-name.ts'

export interface ZipEntry {
  readonly name: string
  /** In bytes. */
  readonly size: number
  readonly crc: number
  readonly flags: number
  /** Of its local header. */
  readonly offset: number
  /** Where the next entry, or the directory, begins. */
  readonly limit: number
}

/** A bundle of a hundred thousand attachments has 25 MiB of directory. */
const maximumDirectoryBytes = 256 * 1024 * 1024
const allowedFlags = 0x0808

/** @throws RedomaError `DATA_DAMAGED` when the file does not end as a ZIP file does, `LIMIT_EXCEEDED` */
export async function findDirectory(file: RandomAccess): Promise<Directory> {
  const endAt = file.size - endBytes
  if (endAt < 0) throw notZip()
  const end = Buffer.from(await file.read(endAt, file.size))
  // Without a comment, as we write none: looking for the end inside a comment is how readers are led to another directory.
  if (end.readUInt32LE(0) !== signatures.end || end.readUInt16LE(20) !== 0) throw notZip()
  const is64 =
    end.readUInt16LE(10) === max16 || end.readUInt32LE(12) === max32 || end.readUInt32LE(16) === max32
  const directory = is64
    ? await findDirectory64(file, endAt)
    : { count: end.readUInt16LE(10), bytes: end.readUInt32LE(12), offset: end.readUInt32LE(16), endAt }
  if (directory.offset + directory.bytes !== directory.endAt) throw notZip()
  if (directory.bytes > maximumDirectoryBytes) {
    throw new RedomaError('LIMIT_EXCEEDED', `the ZIP file's directory has ${directory.bytes} bytes`)
  }
  return directory
}

async function findDirectory64(file: RandomAccess, endAt: number): Promise<Directory & { endAt: number }> {
  const locatorAt = endAt - locator64Bytes
  const end64At = locatorAt - end64Bytes
  if (end64At < 0) throw notZip()
  const locator = Buffer.from(await file.read(locatorAt, endAt))
  const end = Buffer.from(await file.read(end64At, locatorAt))
  const isRight =
    locator.readUInt32LE(0) === signatures.locator64 &&
    number64(locator, 8) === end64At &&
    end.readUInt32LE(0) === signatures.end64
  if (!isRight) throw notZip()
  return { count: number64(end, 32), bytes: number64(end, 40), offset: number64(end, 48), endAt: end64At }
}

/** @throws RedomaError as `openZip` does */
export function parseDirectory(bytes: Uint8Array, place: Directory): ZipEntry[] {
  const directory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: Omit<ZipEntry, 'limit'>[] = []
  let at = 0
  while (at < directory.length) {
    const { entry, next } = parseEntry(directory, at)
    entries.push(entry)
    at = next
  }
  if (entries.length !== place.count) throw notZip()
  refuseRepeated(entries)
  return withLimits(entries, place.offset)
}

function parseEntry(
  directory: Buffer,
  at: number,
): { readonly entry: Omit<ZipEntry, 'limit'>; readonly next: number } {
  if (at + centralHeaderBytes > directory.length || directory.readUInt32LE(at) !== signatures.central) {
    throw notZip()
  }
  const nameEnd = at + centralHeaderBytes + directory.readUInt16LE(at + 28)
  const extraEnd = nameEnd + directory.readUInt16LE(at + 30)
  const next = extraEnd + directory.readUInt16LE(at + 32)
  if (next > directory.length) throw notZip()
  const name = nameOf(directory.subarray(at + centralHeaderBytes, nameEnd))
  const flags = directory.readUInt16LE(at + 8)
  if ((flags & ~allowedFlags) !== 0 || directory.readUInt16LE(at + 10) !== stored) {
    throw new RedomaError(
      'FORMAT_UNKNOWN',
      `the ZIP entry ${JSON.stringify(name)} is compressed or encrypted`,
    )
  }
  const { size, compressedSize, offset } = sizesOf(directory, at, directory.subarray(nameEnd, extraEnd))
  if (size !== compressedSize) throw notZip()
  return { entry: { name, size, crc: directory.readUInt32LE(at + 16), flags, offset }, next }
}

function nameOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RedomaError('PATH_UNSAFE', 'a name in the ZIP file is not UTF-8')
  const name = bytes.toString('utf8')
  requireSafeName(name)
  return name
}

/** Values that do not fit stand in the ZIP64 field, in this order, and only those. */
function sizesOf(
  directory: Buffer,
  at: number,
  extra: Buffer,
): { readonly size: number; readonly compressedSize: number; readonly offset: number } {
  const wide = zip64Values(extra)
  const value = (position: number): number => {
    const narrow = directory.readUInt32LE(at + position)
    if (narrow !== max32) return narrow
    const next = wide.shift()
    if (next === undefined) throw notZip()
    return next
  }
  return { size: value(24), compressedSize: value(20), offset: value(42) }
}

function zip64Values(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const end = at + 4 + extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) !== zip64ExtraId || end > extra.length) continue
    const values: number[] = []
    for (let place = at + 4; place + 8 <= end; place += 8) values.push(number64(extra, place))
    return values
  }
  return []
}

function refuseRepeated(entries: readonly { readonly name: string }[]): void {
  const names = new Set(entries.map(({ name }) => name))
  if (names.size !== entries.length) throw new RedomaError('DATA_DAMAGED', 'a name is in the ZIP file twice')
  for (const { name } of entries) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      if (!names.has(name.slice(0, end))) continue
      throw new RedomaError('DATA_DAMAGED', `${JSON.stringify(name)} lies in a file, not in a folder`)
    }
  }
}

function withLimits(entries: readonly Omit<ZipEntry, 'limit'>[], directoryOffset: number): ZipEntry[] {
  const byOffset = entries.toSorted((a, b) => a.offset - b.offset)
  const limits = new Map(
    byOffset.map((entry, index) => [entry, byOffset[index + 1]?.offset ?? directoryOffset]),
  )
  return entries.map((entry) => ({ ...entry, limit: limits.get(entry) ?? directoryOffset }))
}

function number64(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw notZip()
  return Number(value)
}

function notZip(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'this is not a whole ZIP file')
}
