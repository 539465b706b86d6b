/**
 * "any 3 of 5 shares"; "shares of 2 of these groups: board (2 of 3), operations (3 of 5)".
 *
 * @param parts `cards` in what guardians read
 */
export function schemeWords(
  { groupThreshold, groups }: Scheme,
  parts: 'shares' | 'cards' = 'shares',
): string {
  const [only] = groups
  if (groups.length === 1 && only !== undefined) return `any ${only.threshold} of ${only.count} ${parts}`
  const names = groups.map(({ name, threshold, count }) => `${name} (${threshold} of ${count})`)
  return groupThreshold === groups.length
    ? `${parts} of all of these groups: ${names.join(', ')}`
    : `${parts} of ${groupThreshold} of these groups: ${names.join(', ')}`
}

interface Scheme {
  readonly groupThreshold: number
  readonly groups: readonly { readonly name: string; readonly threshold: number; readonly count: number }[]
}
