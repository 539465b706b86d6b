/** Of a credential, what is searched; secrets and notes are not. */
export interface Searched {
  readonly id: string
  readonly title: string
  readonly user?: string | undefined
  readonly host?: string | undefined
  readonly url?: string | undefined
  readonly database?: string | undefined
  readonly folder?: string | undefined
  readonly owner?: string | undefined
  readonly tags: readonly string[]
}

/** All that is searched of one credential, folded; nothing is found across two fields. */
export function searchText({ id, title, user, host, url, database, folder, owner, tags }: Searched): string {
  return folded([title, user, host, url, database, folder, owner, id, ...tags].join('\n'))
}

/** The words of what was typed, folded: all of them must be in a text. None of `''`. */
export function searchWords(typed: string): readonly string[] {
  return folded(typed)
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Whether every word is in a text; both are folded. */
export function hasAll(text: string, words: readonly string[]): boolean {
  for (const word of words) if (!text.includes(word)) return false
  return true
}

/** Capitals and accents are the same: `São` is `sao`. */
export function folded(text: string): string {
  const lower = text.toLowerCase()
  // Most texts are ASCII, and normalizing takes longer than searching.
  return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize('NFKD').replaceAll(/\p{M}/gu, '')
}
