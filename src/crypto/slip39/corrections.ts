import { Secret } from '../../core/secret.ts'
import { effectsOfWord, syndromeOf } from './checksum.ts'
import type { Correction } from './fault.ts'
import { isExtendable } from './layout.ts'
import { wordAt } from './wordlist.ts'

/** Whether the checksum is right. */
export function fits(values: Uint16Array): boolean {
  return syndromeOf(values, isExtendable(values)) === 0
}

/**
 * Every way to make the words right by putting one otherwise, or by two that changed places. Of the first there is one at
 * most: two would be shares that differ in two words, and the checksum tells any that differ in three or fewer.
 * That something else was mistyped, and is explained wrongly, happens once in 50,000 times.
 */
export function correctOneSlip(values: Uint16Array): readonly Correction[] {
  return [...replacements(values), ...swaps(values)]
}

/** Every way to make the words right by one that is missing. */
export function correctMissing(values: Uint16Array): readonly Correction[] {
  const places = Array.from({ length: values.length + 1 }, (_, at) => at)
  const found = places.flatMap((at) => {
    const longer = Uint16Array.of(...values.subarray(0, at), 0, ...values.subarray(at))
    const value = wordThatFits(longer, at)
    if (value === undefined) return []
    longer[at] = value
    return [{ kind: 'insert', position: at + 1, word: wordAt(value), words: textOf(longer) } as const]
  })
  return withoutRepeats(found)
}

/** Every way to make the words right by leaving one out. */
export function correctSuperfluous(values: Uint16Array): readonly Correction[] {
  const found = Array.from(values, (_, at) => at).flatMap((at) => {
    const shorter = Uint16Array.of(...values.subarray(0, at), ...values.subarray(at + 1))
    return fits(shorter) ? [{ kind: 'remove', position: at + 1, words: textOf(shorter) } as const] : []
  })
  return withoutRepeats(found)
}

/** The value with which the word at `at` makes the checksum right, whatever it is now. */
export function wordThatFits(values: Uint16Array, at: number): number | undefined {
  const effects = effectsOfWord(values.length - 1 - at)
  for (const extendable of [false, true]) {
    const change = effects.indexOf(syndromeOf(values, extendable))
    if (change === -1) continue
    const value = (values[at] ?? 0) ^ change
    // A change of the second word may change, too, which label the checksum begins with.
    if (isExtendable(values.with(at, value)) === extendable) return value
  }
  return undefined
}

/** The same for two words that are not known. One time in a thousand, what fits is not what was meant. */
export function wordsThatFit(
  values: Uint16Array,
  [first, second]: readonly [number, number],
): readonly [number, number] | undefined {
  const changes = new Map<number, number>()
  for (const [change, effect] of effectsOfWord(values.length - 1 - second).entries()) {
    changes.set(effect, change)
  }
  const effects = effectsOfWord(values.length - 1 - first)
  for (const extendable of [false, true]) {
    const syndrome = syndromeOf(values, extendable)
    for (const [change, effect] of effects.entries()) {
      const other = changes.get(syndrome ^ effect)
      if (other === undefined) continue
      const found = [(values[first] ?? 0) ^ change, (values[second] ?? 0) ^ other] as const
      if (fits(values.with(first, found[0]).with(second, found[1]))) return found
    }
  }
  return undefined
}

/** A share as it is written: all words in full, joined by one blank. */
export function textOf(values: Uint16Array): Secret {
  return new Secret(Array.from(values, wordAt).join(' '))
}

function replacements(values: Uint16Array): readonly Correction[] {
  return Array.from(values, (_, at) => at).flatMap((at) => {
    const value = wordThatFits(values, at)
    if (value === undefined) return []
    return [{ kind: 'replace', position: at + 1, word: wordAt(value), words: textOf(values.with(at, value)) }]
  })
}

function swaps(values: Uint16Array): readonly Correction[] {
  const pairs = Array.from(values, (_, a) => a).flatMap((a) =>
    Array.from(values, (_, b) => [a, b] as const).slice(a + 1),
  )
  return pairs.flatMap(([a, b]) => {
    const swapped = values.with(a, values[b] ?? 0).with(b, values[a] ?? 0)
    return fits(swapped) ? [{ kind: 'swap', positions: [a + 1, b + 1], words: textOf(swapped) } as const] : []
  })
}

/** A word beside one like it can be left out, or put in, at either place. */
function withoutRepeats(corrections: readonly Correction[]): readonly Correction[] {
  return corrections.filter(
    ({ words }, at) => corrections.findIndex((earlier) => earlier.words.equals(words)) === at,
  )
}
