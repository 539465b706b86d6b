import type { CredentialRecord } from '../../ports/credential.ts'

export interface SearchIndex {
  /**
   * Places of the credentials in which every word of `text` occurs: in id, title, user, host, URL, database, folder, owner or tags; capitals
   * and accents are the same. Titles that begin with `text` come first, then those in which all words occur, then the rest. All of them for ''.
   */
  search(text: string): Uint32Array
}

export function makeIndex(records: readonly CredentialRecord[]): SearchIndex {
  const titles = records.map(({ title }) => folded(title))
  const texts = records.map(({ id, title, user, host, url, database, folder, owner, tags }) =>
    folded([title, user, host, url, database, folder, owner, id, ...tags].join('\n')),
  )
  const everything = Uint32Array.from(records.keys())
  return {
    search(text) {
      const words = folded(text)
        .split(/\s+/)
        .filter((word) => word !== '')
      if (words.length === 0) return everything
      const [first, second, third]: [number[], number[], number[]] = [[], [], []]
      const start = words.join(' ')
      for (const [at, whole] of texts.entries()) {
        if (!words.every((word) => whole.includes(word))) continue
        const title = titles[at] ?? ''
        if (title.startsWith(start)) first.push(at)
        else if (words.every((word) => title.includes(word))) second.push(at)
        else third.push(at)
      }
      return Uint32Array.from([...first, ...second, ...third])
    },
  }
}

function folded(text: string): string {
  const lower = text.toLowerCase()
  // Most texts are ASCII, and normalizing takes longer than searching.
  return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize('NFKD').replaceAll(/\p{M}/gu, '')
}
