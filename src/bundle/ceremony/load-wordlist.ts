import { readFile } from 'node:fs/promises'

/*
 * A module of its own because a page has no files: the opener page has a twin of it (src/opener/platform/load-wordlist.ts).
 */

/**
 * The EFF's long list (https://www.eff.org/dice, Creative Commons Attribution 3.0 US), a word a line: words that are short, known, and
 * hard to take for one another, also when dictated.
 */
export function loadWordlist(): Promise<string> {
  return readFile(new URL('wordlist.txt', import.meta.url), 'utf8')
}
