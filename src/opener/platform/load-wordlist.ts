/* Twin of src/bundle/ceremony/load-wordlist.ts. */

/** Replaced by the build: src/bundle/ceremony/wordlist.txt, with blanks between the words. */
declare const WORDLIST: string

export async function loadWordlist(): Promise<string> {
  return WORDLIST
}
