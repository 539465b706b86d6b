type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [name: string]: CanonicalValue | undefined }

/**
 * The one way to write a value as JSON: names sorted by code unit, no white space, strings as `JSON.stringify` writes
 * them; names whose value is `undefined` are left out. Equal values are equal bytes, so they can be hashed and signed
 * (RFC 8785, for whole numbers only: how fractions are printed is where that standard is hard, and we need none).
 *
 * @throws TypeError for a number that is not a safe integer
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'number') return wholeNumber(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, member]) =>
      member === undefined ? [] : [`${JSON.stringify(name)}:${canonicalJson(member)}`],
    )
  return `{${members.join(',')}}`
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number`)
  return String(value)
}

function isList(value: object): value is readonly CanonicalValue[] {
  return Array.isArray(value)
}
