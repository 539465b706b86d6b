import { checksumOf, checksumWords } from './checksum.ts'

/** What a share says in clear. */
export interface ShareHeader {
  /** 0 to 32,767, random: the same in all shares of one set. */
  readonly identifier: number
  /** Whether the identifier is left out of the encryption (SLIP-39 of 2024). Shares made here do not. */
  readonly extendable: boolean
  /** The secret is encrypted with 10,000 × 2^this iterations. */
  readonly iterationExponent: number
  /** From 0. */
  readonly groupIndex: number
  /** How many groups are needed, of how many. */
  readonly groupThreshold: number
  readonly groupCount: number
  /** From 0, within its group. */
  readonly memberIndex: number
  /** How many shares of its group are needed. */
  readonly memberThreshold: number
}

const headerWords = 4
/** By the number of words: how many bytes are shared. */
export const secretBytesByWords: ReadonlyMap<number, number> = new Map([
  [20, 16],
  [33, 32],
])

/** The values of all words of a share, checksum included. The caller wipes them. */
export function writeShare(header: ShareHeader, value: Uint8Array): Uint16Array {
  const body = writeValue(value)
  const content = Uint16Array.of(...writeHeader(header), ...body)
  const share = Uint16Array.of(...content, ...checksumOf(content, header.extendable))
  body.fill(0)
  content.fill(0)
  return share
}

/** Of words whose checksum is right; their contents can still contradict each other. */
export function readHeader(values: Uint16Array): ShareHeader {
  const [first = 0, second = 0, third = 0, fourth = 0] = values
  return {
    identifier: (first << 5) | (second >> 5),
    extendable: isExtendable(values),
    iterationExponent: second & 15,
    groupIndex: third >> 6,
    groupThreshold: ((third >> 2) & 15) + 1,
    groupCount: (((third & 3) << 2) | (fourth >> 8)) + 1,
    memberIndex: (fourth >> 4) & 15,
    memberThreshold: (fourth & 15) + 1,
  }
}

export function isExtendable(values: Uint16Array): boolean {
  return (((values[1] ?? 0) >> 4) & 1) === 1
}

function writeHeader(header: ShareHeader): readonly number[] {
  const [groupThreshold, groupCount] = [header.groupThreshold - 1, header.groupCount - 1]
  return [
    header.identifier >> 5,
    ((header.identifier & 31) << 5) | (Number(header.extendable) << 4) | header.iterationExponent,
    (header.groupIndex << 6) | (groupThreshold << 2) | (groupCount >> 2),
    ((groupCount & 3) << 8) | (header.memberIndex << 4) | (header.memberThreshold - 1),
  ]
}

/** Ten bits a word, from the end: what is left over are zeros in front. */
function writeValue(value: Uint8Array): Uint16Array {
  const values = new Uint16Array(Math.ceil((value.length * 8) / 10))
  let [pending, bits, at] = [0, 0, values.length]
  for (let from = value.length - 1; from >= 0; from--) {
    pending |= (value[from] ?? 0) << bits
    bits += 8
    if (bits < 10) continue
    values[--at] = pending & 1023
    pending >>= 10
    bits -= 10
  }
  if (bits > 0) values[at - 1] = pending
  return values
}

/**
 * The bytes that this share holds of the secret, which the caller wipes; nothing when the bits in front of them are not zero.
 */
export function readValue(values: Uint16Array): Uint8Array | undefined {
  const value = new Uint8Array(secretBytesByWords.get(values.length) ?? 0)
  let [pending, bits, at] = [0, 0, value.length]
  for (let from = values.length - checksumWords - 1; from >= headerWords; from--) {
    pending |= (values[from] ?? 0) << bits
    bits += 10
    while (bits >= 8 && at > 0) {
      value[--at] = pending & 255
      pending >>= 8
      bits -= 8
    }
  }
  return pending === 0 ? value : undefined
}
