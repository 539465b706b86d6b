import type { Secret } from '../../core/secret.ts'
import { effectsOfWord, syndromeOf } from './checksum.ts'
import { fits, textOf } from './corrections.ts'
import type { UnknownWord } from './fault.ts'
import { typedWords } from './parse-share.ts'
import { valueOf, wordAt } from './wordlist.ts'

/**
 * Every share that differs from what was typed in two words. About one in five times there is one by chance alone: only who knows the
 * hash of the right one can tell. Nothing for what has words that are in no list.
 */
export function* correctTwoSlips(
  text: string,
): Generator<{ readonly words: Secret; readonly wrong: readonly UnknownWord[] }> {
  const typed = typedWords(text)
  const known = typed.map(valueOf).filter((value) => value !== undefined)
  if (known.length < typed.length) return
  const values = Uint16Array.from(known)
  const effects = Array.from(values, (_, at) => effectsOfWord(values.length - 1 - at))
  const changesByEffect = effects.map(
    (ofWord) => new Map(Array.from(ofWord, (effect, change) => [effect, change])),
  )
  for (const syndrome of [syndromeOf(values, false), syndromeOf(values, true)]) {
    for (let second = 1; second < values.length; second++) {
      for (let first = 0; first < second; first++) {
        for (const [change, effect] of effects[first]?.entries() ?? []) {
          const other = changesByEffect[second]?.get(syndrome ^ effect)
          // No change of either: one slip, which is looked for before.
          if (other === undefined || other === 0 || change === 0) continue
          const changed = values
            .with(first, (values[first] ?? 0) ^ change)
            .with(second, (values[second] ?? 0) ^ other)
          if (fits(changed))
            yield {
              words: textOf(changed),
              wrong: [first, second].map((at) => wrongWord(typed, changed, at)),
            }
        }
      }
    }
  }
}

function wrongWord(typed: readonly string[], right: Uint16Array, at: number): UnknownWord {
  return { position: at + 1, typed: typed[at] ?? '', proposals: [wordAt(right[at] ?? 0)], isCertain: true }
}
