import { randomInt } from 'node:crypto'
import { Secret } from '../../core/secret.ts'
import { loadWordlist } from './load-wordlist.ts'

/** Seven words of 7,772 are 90 bits: out of reach for whoever has the identity file, scrypt aside. */
const usualWordCount = 7

/** A master password that a person can write down, dictate and type: `gecko-unpaved-…`. */
export async function generateMasterPassword(wordCount = usualWordCount): Promise<Secret> {
  const words = passwordWords(await loadWordlist())
  const chosen = Array.from({ length: wordCount }, () => words[randomInt(words.length)])
  return new Secret(chosen.join('-'))
}

/** Without the four that have a hyphen themselves, so that seven words always look like seven. */
function passwordWords(wordlist: string): string[] {
  return wordlist.split(/\s/).filter((word) => /^[a-z]+$/.test(word))
}
