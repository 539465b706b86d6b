import { concatBytes } from '../../core/bytes.ts'

/*
 * The records of a ZIP file (PKWARE APPNOTE.TXT 6.3.10), as far as we write and read them: stored entries, UTF-8 names,
 * sizes in a data descriptor after the content, ZIP64 where 32 bits do not do. All numbers are little-endian.
 */

export const signatures = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  end: 0x06054b50,
} as const

export const localHeaderBytes = 30
export const centralHeaderBytes = 46
export const endBytes = 22
export const locator64Bytes = 20
export const end64Bytes = 56
export const max16 = 0xffff
export const max32 = 0xffffffff
export const zip64ExtraId = 1
/** Bit 3: sizes follow the content; bit 11: the name is UTF-8. */
export const flags = 0x0808
export const stored = 0

const version20 = 20
const version45 = 45
const madeByUnix = 3
/** A file that its owner alone reads and writes. */
const attributes = 0o100600 * 0x10000
/** 1 January 1980, midnight: the times are in the content. */
const dosTime = 0
const dosDate = 0x21

export interface WrittenEntry {
  readonly name: Uint8Array
  readonly crc: number
  readonly size: number
  /** Of its local header. */
  readonly offset: number
  /** Whether its descriptor has 64-bit sizes, which its local header must tell. */
  readonly is64: boolean
}

/** Sizes are left open: they follow the content. The ZIP64 field is there to tell that they are 64 bits long. */
export function encodeLocalHeader(name: Uint8Array, is64: boolean): Uint8Array {
  const extra = is64 ? fields([2, zip64ExtraId], [2, 16], [8, 0], [8, 0]) : new Uint8Array()
  const size = is64 ? max32 : 0
  const header = fields(
    [4, signatures.local],
    [2, is64 ? version45 : version20],
    [2, flags],
    [2, stored],
    [2, dosTime],
    [2, dosDate],
    [4, 0],
    [4, size],
    [4, size],
    [2, name.length],
    [2, extra.length],
  )
  return concatBytes([header, name, extra])
}

export function encodeDescriptor({ crc, size, is64 }: WrittenEntry): Uint8Array {
  const width = is64 ? 8 : 4
  return fields([4, signatures.descriptor], [4, crc], [width, size], [width, size])
}

export function encodeCentralHeader(entry: WrittenEntry): Uint8Array {
  const { name, crc, size, offset, is64 } = entry
  const needs64 = is64 || offset >= max32
  const extra = needs64
    ? fields([2, zip64ExtraId], [2, 24], [8, size], [8, size], [8, offset])
    : new Uint8Array()
  const header = fields(
    [4, signatures.central],
    [1, version45],
    [1, madeByUnix],
    [2, needs64 ? version45 : version20],
    [2, flags],
    [2, stored],
    [2, dosTime],
    [2, dosDate],
    [4, crc],
    [4, needs64 ? max32 : size],
    [4, needs64 ? max32 : size],
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, attributes],
    [4, needs64 ? max32 : offset],
  )
  return concatBytes([header, name, extra])
}

export interface Directory {
  readonly count: number
  readonly offset: number
  readonly bytes: number
}

export function encodeEnd({ count, offset, bytes }: Directory): Uint8Array {
  const needs64 = count >= max16 || offset >= max32 || bytes >= max32
  const end = fields(
    [4, signatures.end],
    [2, 0],
    [2, 0],
    [2, needs64 ? max16 : count],
    [2, needs64 ? max16 : count],
    [4, needs64 ? max32 : bytes],
    [4, needs64 ? max32 : offset],
    [2, 0],
  )
  if (!needs64) return end
  const end64 = fields(
    [4, signatures.end64],
    [8, end64Bytes - 12],
    [1, version45],
    [1, madeByUnix],
    [2, version45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, bytes],
    [8, offset],
  )
  const locator = fields([4, signatures.locator64], [4, 0], [8, offset + bytes], [4, 1])
  return concatBytes([end64, locator, end])
}

type Field = readonly [width: 1 | 2 | 4 | 8, value: number]

function fields(...list: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, [width]) => sum + width, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [width, value] of list) {
    if (width === 1) view.setUint8(at, value)
    else if (width === 2) view.setUint16(at, value, true)
    else if (width === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  return bytes
}
