const mostSaid = 5

/** The first of several words of others in one sentence, without its end. @param count of all, where they are not all given */
export function some(words: readonly string[], count = words.length): string {
  const shown = words.slice(0, mostSaid).join('; ').replace(/\.$/, '')
  const left = count - Math.min(words.length, mostSaid)
  return left <= 0 ? shown : `${shown}; and ${left} more`
}
