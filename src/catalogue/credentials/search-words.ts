/** As they stand in a row. */
export interface SearchedColumns {
  readonly title: string
  readonly user: string | null
  readonly host: string | null
  readonly folder: string | null
  /** JSON. */
  readonly tags: string
}

/**
 * What a credential is found by, in one text: folded, a line each. Kept in the row, since a database folds no accents, and one that
 * is searched for anywhere in a word is found by reading all of them.
 */
export function searchWords({ title, user, host, folder, tags }: SearchedColumns): string {
  return folded([title, user, host, folder, ...textsOf(tags)].filter((word) => word !== null).join('\n'))
}

/** Without case and accents. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function textsOf(json: string): string[] {
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  } catch {
    // Whoever reads the row says that it is damaged.
    return []
  }
}
