import { RedomaError } from '../core/errors.ts'

/** The one of `names` that `text` is probably a slip of, if any. */
export function nearName(text: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(text.length / 3))
  const ranked = names
    .map((name) => ({ name, distance: distance(text.toLowerCase(), name.toLowerCase()) }))
    .filter(
      (candidate) =>
        candidate.distance <= limit || candidate.name.toLowerCase().startsWith(text.toLowerCase()),
    )
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0]?.name
}

/** The error for a name that is not there: it proposes the near one, or says which there are. */
export function noSuch(what: string, text: string, names: readonly string[]): RedomaError {
  const near = nearName(text, names)
  const some = names.slice(0, 8).join(', ')
  const known =
    names.length === 0 ? `There is no ${what} yet.` : `There are: ${some}${names.length > 8 ? ' …' : ''}.`
  return new RedomaError('NOT_FOUND', `there is no ${what} called ${JSON.stringify(text)}`, {
    hint: near === undefined ? known : `Did you mean ${near}?`,
  })
}

/** Edit distance (Levenshtein), two neighbours swapped counting as one edit. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
