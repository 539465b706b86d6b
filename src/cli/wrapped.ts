import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from './printable.ts'

/**
 * Prose in lines of a terminal's width, broken at blanks: a word that is longer stands alone. For what is read only: what people copy, a
 * command or a secret, is left in one line.
 *
 * @param columns `undefined` where there is no terminal: the text stays as it is
 */
export function wrapped(text: string, columns: number | undefined): string[] {
  if (columns === undefined || columns === 0) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ''} ${word}`
    if (lines.length === 0 || displayWidth(stripVTControlCharacters(longer)) > columns) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}
