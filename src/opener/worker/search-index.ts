import { folded, hasAll, searchText, searchWords } from '../../bundle/search-words.ts'
import type { ListedCredential } from './credentials.ts'

export interface SearchIndex {
  /**
   * Places of the credentials in which every word of `text` occurs: in id, title, user, host, URL, database, folder, owner or tags; capitals
   * and accents are the same. Titles that begin with `text` come first, then those in which all words occur, then the rest. All of them for ''.
   */
  search(text: string): Uint32Array
}

export function makeIndex(credentials: readonly ListedCredential[]): SearchIndex {
  const titles = credentials.map(({ title }) => folded(title))
  const texts = credentials.map(searchText)
  const everything = Uint32Array.from(credentials.keys())
  let last: { readonly text: string; readonly found: Uint32Array } = { text: '', found: everything }
  return {
    search(text) {
      const wanted = folded(text)
      const words = searchWords(text)
      // Whoever goes on typing finds less: only in what was found before must be looked. In the order of titles, as all that is found.
      const within = wanted.startsWith(last.text) ? last.found : everything
      const found = words.length === 0 ? everything : filtered(within, texts, words)
      last = { text: wanted, found }
      return words.length === 0 ? found : likeliestFirst(found, titles, words)
    },
  }
}

function filtered(within: Uint32Array, texts: readonly string[], words: readonly string[]): Uint32Array {
  const found = new Uint32Array(within.length)
  let count = 0
  for (const at of within) {
    if (hasAll(texts[at] ?? '', words)) found[count++] = at
  }
  return found.slice(0, count)
}

function likeliestFirst(
  found: Uint32Array,
  titles: readonly string[],
  words: readonly string[],
): Uint32Array {
  const start = words.join(' ')
  const classes = new Uint8Array(found.length)
  const counts = [0, 0, 0]
  for (let index = 0; index < found.length; index++) {
    const title = titles[found[index] ?? 0] ?? ''
    const kind = title.startsWith(start) ? 0 : hasAll(title, words) ? 1 : 2
    classes[index] = kind
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  const next = [0, counts[0] ?? 0, (counts[0] ?? 0) + (counts[1] ?? 0)]
  const sorted = new Uint32Array(found.length)
  for (let index = 0; index < found.length; index++) {
    const kind = classes[index] ?? 2
    const place = next[kind] ?? 0
    sorted[place] = found[index] ?? 0
    next[kind] = place + 1
  }
  return sorted
}
