import { readFileSync } from 'node:fs'
import type { AtTerminal } from './at-terminal.ts'

/** Reads the master password from the screen, and types it back. */
export async function takePassword(terminal: AtTerminal): Promise<string> {
  const [, password = ''] = await terminal.sees(/ ([a-z]{3,}(?:-[a-z]{3,}){6})\r/)
  await terminal.sees(/Press Enter when it is on paper/)
  terminal.types('')
  await terminal.sees(/Type it from the paper: /)
  terminal.types(password)
  await terminal.sees(/The master password is on paper/)
  return password
}

/** Reads the words of a share from the screen; they are still to be typed back. */
export async function readShare(terminal: AtTerminal, number: number): Promise<string> {
  await terminal.sees(new RegExp(`Card ${number} of`))
  await terminal.sees(/who then presses Enter/)
  terminal.types('')
  const words: string[] = []
  for (let row = 0; row < 5; row++) {
    const [line = ''] = await terminal.sees(/(?: +\d+ [a-z]+){4}\r/)
    for (const [, at, word = ''] of line.matchAll(/(\d+) ([a-z]+)/g)) words[Number(at) - 1] = word
  }
  await terminal.sees(/Press Enter when they are on paper/)
  terminal.types('')
  await terminal.sees(/now type its words/)
  await terminal.sees(/> /)
  return words.join(' ')
}

/** Reads the words of a share from its card, as it was printed; they are still to be typed back. */
export async function readCard(terminal: AtTerminal, number: number, path: string): Promise<string> {
  await terminal.sees(new RegExp(`Card ${number} of`))
  await terminal.sees(/Print its card/)
  const html = readFileSync(path, 'utf8')
  terminal.types('')
  await terminal.sees(/now type its words/)
  await terminal.sees(/> /)
  return [...html.matchAll(/<span translate="no">([a-z]+)<\/span>/g)].map(([, word]) => word).join(' ')
}

/** The same, and types them back. */
export async function takeShare(terminal: AtTerminal, number: number): Promise<string> {
  const words = await readShare(terminal, number)
  terminal.types(words)
  await terminal.sees(/taken down, and typed back/)
  return words
}
