import { withoutLast } from '../../core/without-last.ts'

/** What a tar says of an entry (POSIX.1-2017, pax, "ustar Interchange Format"). */
export interface TarEntry {
  /** Raw bytes; of a folder with a `/` at the end. */
  readonly name: Uint8Array
  readonly kind: TarKind
  /** The twelve bits of `chmod`. */
  readonly permissions: number
  readonly uid: number
  readonly gid: number
  readonly user: string
  readonly group: string
  /** Of the content that follows, in bytes. */
  readonly size: number
  readonly mtimeNs: bigint
  /** Of links; raw bytes. */
  readonly linkName?: Uint8Array | undefined
  /** Linux' `dev_t`, of devices. */
  readonly device?: bigint | undefined
  readonly extendedAttributes: readonly { readonly name: string; readonly value: Uint8Array | null }[]
}

export type TarKind = keyof typeof typeFlags

const typeFlags = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  chardev: '3',
  dev: '4',
  dir: '5',
  fifo: '6',
} as const

export const blockBytes = 512

/** The header of an entry; before it, where that is too narrow, what pax says besides. */
export function tarHeader(entry: TarEntry): Uint8Array {
  const records = paxRecords(entry)
  const header = ustarHeader(entry, typeFlags[entry.kind])
  if (records.length === 0) return header
  const name = Buffer.concat([Buffer.from('PaxHeaders/'), entry.name.subarray(0, 80)])
  const pax = ustarHeader({ ...plain, mtimeNs: entry.mtimeNs, name, size: records.length }, 'x')
  return Buffer.concat([pax, records, new Uint8Array(paddingOf(records.length)), header])
}

/** Zeros after so many bytes, up to the next block. */
export function paddingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes
}

const plain = { permissions: 0o644, uid: 0, gid: 0, user: '', group: '', extendedAttributes: [] } as const

function ustarHeader(entry: Omit<TarEntry, 'kind'>, typeFlag: string): Uint8Array {
  const header = Buffer.alloc(blockBytes)
  const [major, minor] = majorAndMinor(entry.device ?? 0n)
  header.set(entry.name.subarray(0, 100), 0)
  header.write(octal(entry.permissions, 8), 100)
  header.write(octal(entry.uid, 8), 108)
  header.write(octal(entry.gid, 8), 116)
  header.write(octal(entry.size, 12), 124)
  header.write(octal(Number(entry.mtimeNs / 1_000_000_000n), 12), 136)
  header.write(' '.repeat(8), 148)
  header.write(typeFlag, 156)
  if (entry.linkName !== undefined) header.set(entry.linkName.subarray(0, 100), 157)
  header.write('ustar\x0000', 257)
  header.write(entry.user.slice(0, 31), 265, 31)
  header.write(entry.group.slice(0, 31), 297, 31)
  header.write(octal(major, 8), 329)
  header.write(octal(minor, 8), 337)
  const checksum = header.reduce((sum, byte) => sum + byte, 0)
  header.write(`${octal(checksum, 7)} `, 148)
  return header
}

/** Digits and a zero byte; a number that does not fit is 0 here, and stands in the pax records. */
function octal(value: number, length: number): string {
  const digits = value < 0 ? '0' : value.toString(8)
  return `${(digits.length < length ? digits : '0').padStart(length - 1, '0')}\0`
}

function paxRecords(entry: TarEntry): Uint8Array {
  const { name, linkName, size, uid, gid, user, group, mtimeNs, extendedAttributes } = entry
  const records: Uint8Array[] = []
  const add = (keyword: string, value: Uint8Array | string): void => {
    records.push(paxRecord(keyword, typeof value === 'string' ? Buffer.from(value) : value))
  }
  // Names and values that are not UTF-8 are said to be bytes, or a reader may take them for a fault.
  const raw = [name, ...(linkName === undefined ? [] : [linkName])].some(
    (bytes) => bytes.length > 100 && !isUtf8(bytes),
  )
  if (raw) add('hdrcharset', 'BINARY')
  if (name.length > 100) add('path', name)
  if (linkName !== undefined && linkName.length > 100) add('linkpath', linkName)
  if (size > 0o77777777777) add('size', String(size))
  if (uid > 0o7777777) add('uid', String(uid))
  if (gid > 0o7777777) add('gid', String(gid))
  if (!fitsName(user)) add('uname', user)
  if (!fitsName(group)) add('gname', group)
  if (mtimeNs % 1_000_000_000n !== 0n || mtimeNs < 0n || mtimeNs >= 2n ** 33n * 1_000_000_000n) {
    add('mtime', seconds(mtimeNs))
  }
  for (const { name: attribute, value } of extendedAttributes) {
    add(`SCHILY.xattr.${attributeKeyword(attribute)}`, value ?? new Uint8Array(0))
  }
  return Buffer.concat(records)
}

/** `LENGTH KEYWORD=VALUE\n`, where the length counts its own digits. */
function paxRecord(keyword: string, value: Uint8Array): Uint8Array {
  const rest = Buffer.concat([Buffer.from(` ${keyword}=`), value, Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length++
  return Buffer.concat([Buffer.from(String(length)), rest])
}

/** A keyword ends at its `=`: GNU tar writes those of attributes so, and reads them. */
function attributeKeyword(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('=', '%3D')
}

function fitsName(name: string): boolean {
  return /^[\x20-\x7e]{0,31}$/.test(name)
}

function isUtf8(bytes: Uint8Array): boolean {
  return Buffer.compare(Buffer.from(Buffer.from(bytes).toString()), bytes) === 0
}

function seconds(ns: bigint): string {
  const positive = ns < 0n ? -ns : ns
  const fraction = withoutLast(String(positive % 1_000_000_000n).padStart(9, '0'), '0')
  const whole = `${ns < 0n ? '-' : ''}${positive / 1_000_000_000n}`
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** As glibc's gnu_dev_major and gnu_dev_minor. */
function majorAndMinor(device: bigint): [number, number] {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n)
  return [Number(major), Number(minor)]
}
