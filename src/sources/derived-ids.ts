import { createHash } from 'node:crypto'

/**
 * Ids for rows that have none: a UUID (version 8, RFC 9562) of what names the row, so that the same file gives the same
 * ids. Rows of the same names are told apart by their order. `kind` keeps the formats apart.
 */
export function makeIds(kind: string): (names: readonly string[]) => string {
  const seen = new Map<string, number>()
  return (names) => {
    const key = JSON.stringify(names)
    const occurrence = (seen.get(key) ?? 0) + 1
    seen.set(key, occurrence)
    return uuidOf(createHash('sha256').update(`redoma ${kind}/${occurrence}/${key}`).digest('hex'))
  }
}

function uuidOf(hex: string): string {
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`]
  return [...parts, hex.slice(20, 32)].join('-')
}
