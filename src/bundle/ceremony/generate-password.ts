import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Secret } from '../../core/secret.ts'

/** Seven words of 7,772 are 90 bits: out of reach for whoever has the identity file, scrypt aside. */
const wordCount = 7

/**
 * The EFF's long list (https://www.eff.org/dice, Creative Commons Attribution 3.0 US): words that are short, known, and
 * hard to take for one another, also when dictated.
 */
const wordlist = new URL('wordlist.txt', import.meta.url)

/** A master password that a person can write down, dictate and type: `gecko-unpaved-…`. */
export async function generateMasterPassword(): Promise<Secret> {
  const words = await loadWords()
  const chosen = Array.from({ length: wordCount }, () => words[randomInt(words.length)])
  return new Secret(chosen.join('-'))
}

/** Without the four that have a hyphen themselves, so that seven words always look like seven. */
async function loadWords(): Promise<string[]> {
  const lines = (await readFile(wordlist, 'utf8')).split('\n')
  return lines.filter((word) => /^[a-z]+$/.test(word))
}
