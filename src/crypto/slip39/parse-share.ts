import type { Secret } from '../../core/secret.ts'
import {
  correctMissing,
  correctOneSlip,
  correctSuperfluous,
  fits,
  textOf,
  wordsThatFit,
  wordThatFits,
} from './corrections.ts'
import { type Correction, ShareError, type UnknownWord } from './fault.ts'
import { readHeader, readValue, type ShareHeader, secretBytesByWords } from './layout.ts'
import { nearWords } from './near-words.ts'
import { valueOf, wordAt } from './wordlist.ts'

/** One share, its checksum right. */
export interface Share extends ShareHeader {
  /** All words in full and in lower case, joined by one blank. */
  readonly words: Secret
  /** 16 or 32. */
  readonly secretBytes: number
}

/** Cards, with all that may be typed around the words, are far shorter. */
const mostLetters = 4096
/** More: seconds and more for each try. What is made here has 0. */
const mostIterationsExponent = 5

/**
 * A share as a person types, pastes or scans it: in capitals or not, words in full or from four letters on, with numbers, commas
 * or line breaks between them. A question mark stands for a word that cannot be read.
 *
 * @throws ShareError `FORMAT_UNKNOWN` for what is no share; `DATA_DAMAGED` for one that was mistyped; its `fault` says what to do
 */
export function parseShare(text: string): Share {
  const typed = typedWords(text)
  const values = readWords(typed)
  try {
    requireFitting(values)
    return shareOf(values)
  } finally {
    values.fill(0)
  }
}

export function typedWords(text: string): readonly string[] {
  if (text.length > mostLetters) throw wrongCount(text.split(/\s+/).length)
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[\s,;:.|/\\()[\]"'-]+/u)
    .filter((word) => word !== '' && !/^\d+$/.test(word))
}

function readWords(typed: readonly string[]): Uint16Array {
  const values = Uint16Array.from(typed, (word) => valueOf(word) ?? 0)
  const unknown = typed.flatMap((word, at) => (valueOf(word) === undefined ? [at] : []))
  if (unknown.length === 0) return values
  // Many that are not words: this is something else.
  if (unknown.length > typed.length / 2) throw wrongCount(typed.length)
  const known = secretBytesByWords.has(typed.length) ? solve(values, unknown) : undefined
  const words = unknown.map((at, index): UnknownWord => {
    const [word, value] = [typed[at] ?? '', known?.[index]]
    const proposals = value === undefined ? nearWords(word) : [wordAt(value)]
    return { position: at + 1, typed: word, proposals, isCertain: value !== undefined }
  })
  throw new ShareError('DATA_DAMAGED', { kind: 'unknown-words', words })
}

/** One or two words that are not known follow from all the others. */
function solve(values: Uint16Array, unknown: readonly number[]): readonly number[] | undefined {
  const [first = 0, second = 0] = unknown
  if (unknown.length === 2) return wordsThatFit(values, [first, second])
  const value = unknown.length === 1 ? wordThatFits(values, first) : undefined
  return value === undefined ? undefined : [value]
}

function requireFitting(values: Uint16Array): void {
  if (secretBytesByWords.has(values.length)) {
    if (fits(values)) return
    throw new ShareError('DATA_DAMAGED', { kind: 'checksum', corrections: correctOneSlip(values) })
  }
  if (secretBytesByWords.has(values.length + 1)) throw wrongCount(values.length, correctMissing(values))
  if (secretBytesByWords.has(values.length - 1)) throw wrongCount(values.length, correctSuperfluous(values))
  throw wrongCount(values.length)
}

function wrongCount(count: number, corrections: readonly Correction[] = []): ShareError {
  const code = corrections.length === 0 ? 'FORMAT_UNKNOWN' : 'DATA_DAMAGED'
  return new ShareError(code, { kind: 'word-count', count, corrections })
}

function shareOf(values: Uint16Array): Share {
  const header = readHeader(values)
  const value = readValue(values)
  value?.fill(0)
  const contradictsItself =
    header.groupThreshold > header.groupCount || header.groupIndex >= header.groupCount || value === undefined
  if (contradictsItself) throw new ShareError('DATA_DAMAGED', { kind: 'impossible' })
  if (header.iterationExponent > mostIterationsExponent) {
    throw new ShareError('LIMIT_EXCEEDED', { kind: 'too-many-iterations' })
  }
  return { ...header, words: textOf(values), secretBytes: secretBytesByWords.get(values.length) ?? 0 }
}
