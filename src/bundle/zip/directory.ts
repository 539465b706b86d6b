import { strictUtf8Text, viewOf } from '../../core/bytes.ts'
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
  const end = viewOf(await file.read(endAt, file.size))
  // Without a comment, as we write none: looking for the end inside a comment is how readers are led to another directory.
  if (end.getUint32(0, true) !== signatures.end || end.getUint16(20, true) !== 0) throw notZip()
  const is64 =
    end.getUint16(10, true) === max16 ||
    end.getUint32(12, true) === max32 ||
    end.getUint32(16, true) === max32
  const directory = is64
    ? await findDirectory64(file, endAt)
    : {
        count: end.getUint16(10, true),
        bytes: end.getUint32(12, true),
        offset: end.getUint32(16, true),
        endAt,
      }
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
  const locator = viewOf(await file.read(locatorAt, endAt))
  const end = viewOf(await file.read(end64At, locatorAt))
  const isRight =
    locator.getUint32(0, true) === signatures.locator64 &&
    number64(locator, 8) === end64At &&
    end.getUint32(0, true) === signatures.end64
  if (!isRight) throw notZip()
  return { count: number64(end, 32), bytes: number64(end, 40), offset: number64(end, 48), endAt: end64At }
}

/** @throws RedomaError as `openZip` does */
export function parseDirectory(bytes: Uint8Array, place: Directory): ZipEntry[] {
  const entries: Omit<ZipEntry, 'limit'>[] = []
  let at = 0
  while (at < bytes.length) {
    const { entry, next } = parseEntry(bytes, at)
    entries.push(entry)
    at = next
  }
  if (entries.length !== place.count) throw notZip()
  refuseRepeated(entries)
  return withLimits(entries, place.offset)
}

function parseEntry(
  bytes: Uint8Array,
  at: number,
): { readonly entry: Omit<ZipEntry, 'limit'>; readonly next: number } {
  const directory = viewOf(bytes)
  if (at + centralHeaderBytes > bytes.length || directory.getUint32(at, true) !== signatures.central) {
    throw notZip()
  }
  const nameEnd = at + centralHeaderBytes + directory.getUint16(at + 28, true)
  const extraEnd = nameEnd + directory.getUint16(at + 30, true)
  const next = extraEnd + directory.getUint16(at + 32, true)
  if (next > bytes.length) throw notZip()
  const name = nameOf(bytes.subarray(at + centralHeaderBytes, nameEnd))
  const flags = directory.getUint16(at + 8, true)
  if ((flags & ~allowedFlags) !== 0 || directory.getUint16(at + 10, true) !== stored) {
    throw new RedomaError(
      'FORMAT_UNKNOWN',
      `the ZIP entry ${JSON.stringify(name)} is compressed or encrypted`,
    )
  }
  const { size, compressedSize, offset } = sizesOf(directory, at, viewOf(bytes.subarray(nameEnd, extraEnd)))
  if (size !== compressedSize) throw notZip()
  return { entry: { name, size, crc: directory.getUint32(at + 16, true), flags, offset }, next }
}

function nameOf(bytes: Uint8Array): string {
  const name = strictUtf8Text(bytes)
  if (name === undefined) throw new RedomaError('PATH_UNSAFE', 'a name in the ZIP file is not UTF-8')
  requireSafeName(name)
  return name
}

/** Values that do not fit stand in the ZIP64 field, in this order, and only those. */
function sizesOf(
  directory: DataView,
  at: number,
  extra: DataView,
): { readonly size: number; readonly compressedSize: number; readonly offset: number } {
  const wide = zip64Values(extra)
  const value = (position: number): number => {
    const narrow = directory.getUint32(at + position, true)
    if (narrow !== max32) return narrow
    const next = wide.shift()
    if (next === undefined) throw notZip()
    return next
  }
  return { size: value(24), compressedSize: value(20), offset: value(42) }
}

function zip64Values(extra: DataView): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    const end = at + 4 + extra.getUint16(at + 2, true)
    if (extra.getUint16(at, true) !== zip64ExtraId || end > extra.byteLength) continue
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

function number64(bytes: DataView, at: number): number {
  const value = bytes.getBigUint64(at, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw notZip()
  return Number(value)
}

function notZip(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'this is not a whole ZIP file')
}
