import { words } from './wordlist.ts'

const mostProposals = 4
/** Further away there is no saying what was meant. */
const farthest = 2

/** At most four words that may have been meant, the likeliest first. */
export function nearWords(typed: string): readonly string[] {
  if (!/^\p{L}{2,12}$/u.test(typed)) return []
  return words
    .map((word) => ({ word, distance: distanceTo(word, typed) }))
    .filter(({ distance }) => distance <= farthest)
    .toSorted((a, b) => a.distance - b.distance || sharedStart(b.word, typed) - sharedStart(a.word, typed))
    .slice(0, mostProposals)
    .map(({ word }) => word)
}

/** Whoever writes the first four letters alone can mistype them, too: then it is these that count. */
function distanceTo(word: string, typed: string): number {
  const whole = slips(word, typed)
  return typed.length > 5 ? whole : Math.min(whole, slips(word.slice(0, 4), typed))
}

/** Letters too many, missing, wrong, or changed places with a neighbour (Damerau and Levenshtein). */
export function slips(a: string, b: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const wrong = (last[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1])
      const isTurned = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const turned = isTurned ? (beforeLast[j - 2] ?? 0) + 1 : Infinity
      row.push(Math.min(wrong, turned, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    ;[beforeLast, last] = [last, row]
  }
  return last[b.length] ?? 0
}

function sharedStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
