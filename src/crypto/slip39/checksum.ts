/*
 * RS1024: a Reed-Solomon code over the field of 1,024 elements. Three words of checksum find any three wrong words. The code
 * is linear, so from what the checksum is off by it can be told which one word, put otherwise, would make it right.
 */

export const checksumWords = 3
const bitsOfWord = 10
export const valuesOfWord = 2 ** bitsOfWord

const generator = [
  0xe0e040, 0x1c1c080, 0x3838100, 0x7070200, 0xe0e0009, 0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890,
  0x3f3f120,
] as const
/** What comes before the words as if it were some: shares with one label do not pass for shares with the other. */
const labels = { false: 'shamir', true: 'shamir_extendable' } as const

/** The three words of checksum that belong behind `values`. */
export function checksumOf(values: Uint16Array, extendable: boolean): Uint16Array {
  const remainder = run(run(start(extendable), values), new Uint16Array(checksumWords)) ^ 1
  return Uint16Array.of(remainder >>> 20, (remainder >>> 10) & 1023, remainder & 1023)
}

/** What the checksum of all the words, its own three included, is off by: 0 when they are right. */
export function syndromeOf(values: Uint16Array, extendable: boolean): number {
  return run(start(extendable), values) ^ 1
}

/**
 * What a change of a word with `after` words behind it does to the syndrome: index e is the effect of changing the word's
 * value v to v ^ e.
 */
export function effectsOfWord(after: number): Uint32Array {
  const effects = new Uint32Array(valuesOfWord)
  for (let bit = 0; bit < bitsOfWord; bit++) {
    let effect = 1 << bit
    for (let step = 0; step < after; step++) effect = shift(effect)
    // All changes below this bit are known: each with this bit too.
    for (let lower = 0; lower < 1 << bit; lower++) {
      effects[(1 << bit) | lower] = effect ^ (effects[lower] ?? 0)
    }
  }
  return effects
}

function start(extendable: boolean): number {
  return run(
    1,
    Uint16Array.from(labels[`${extendable}`], (letter) => letter.charCodeAt(0)),
  )
}

function run(from: number, values: Uint16Array): number {
  return values.reduce((sum, value) => shift(sum) ^ value, from)
}

function shift(sum: number): number {
  const top = sum >>> 20
  let shifted = (sum & 0xfffff) << 10
  for (const [bit, polynomial] of generator.entries()) shifted ^= polynomial & -((top >> bit) & 1)
  return shifted
}
