import { concatBytes } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'

/** One value in DER (X.690), as far as time stamps and certificates of our own need it: tags of one byte, definite lengths in their shortest form. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  /** Tag and length too. */
  readonly whole: Uint8Array
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[0]` */
  context0: 0xa0,
} as const

export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(parts)
  return concatBytes([Uint8Array.of(tag, ...lengthOf(content.length)), content])
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 + bytes.length, ...bytes]
}

/** A number that is not negative, from its bytes. */
export function encodeInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first)
  return encodeDer(tags.integer, Uint8Array.of(...((digits[0] ?? 0) >= 0x80 ? [0] : [])), digits)
}

/** `'2.16.840.1.101.3.4.2.1'` */
export function encodeOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [40 * first + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift(128 + (left % 128))
    }
    return digits
  })
  return encodeDer(tags.oid, Uint8Array.from(bytes))
}

/** The only value in these bytes. @throws RedomaError `DATA_DAMAGED` */
export function readDer(bytes: Uint8Array): DerValue {
  const [only, ...more] = readAll(bytes)
  if (only === undefined || more.length > 0) throw notDer()
  return only
}

/** What a constructed value holds. @throws RedomaError `DATA_DAMAGED` */
export function childrenOf(value: DerValue | undefined, tag: number = tags.sequence): DerValue[] {
  if (value?.tag !== tag) throw notDer()
  return readAll(value.content)
}

/** The content of a value that must be of this tag. @throws RedomaError `DATA_DAMAGED` */
export function contentOf(value: DerValue | undefined, tag: number): Uint8Array {
  if (value?.tag !== tag) throw notDer()
  return value.content
}

function readAll(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length; ) {
    const { start, end } = boundsOf(bytes, at)
    const tag = bytes[at] ?? 0
    // A tag of several bytes.
    if ((tag & 0x1f) === 0x1f) throw notDer()
    values.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) })
    at = end
  }
  return values
}

function boundsOf(bytes: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  const first = bytes[at + 1]
  if (first === undefined || first === 0x80 || first > 0x84) throw notDer()
  const digits = first < 0x80 ? bytes.subarray(at + 1, at + 2) : bytes.subarray(at + 2, at + 2 + first - 0x80)
  const length = digits.reduce((sum, digit) => sum * 256 + digit, 0)
  const start = at + 2 + (first < 0x80 ? 0 : first - 0x80)
  const isShortest = first < 0x80 || (length >= 0x80 && digits[0] !== 0)
  if (!isShortest || start + length > bytes.length) throw notDer()
  return { start, end: start + length }
}

function notDer(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'the time stamp is not well-formed')
}
