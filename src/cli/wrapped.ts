import { stripVTControlCharacters } from 'node:util'
import { widthOf } from './fit.ts'

/**
 * Prose in lines of a terminal's width, broken at blanks: a word that is longer stands alone. What follows a line begins below its first
 * word, not below its mark (`✓`, `warning:`). A line with a command stays whole, since people copy it: the terminal breaks that so that it is copied as one.
 *
 * @param columns `undefined` where there is no terminal: the text stays as it is
 */
export function wrapped(text: string, columns: number | undefined): string[] {
  if (columns === undefined || columns === 0 || widthOf(text) <= columns) return [text]
  const plain = stripVTControlCharacters(text)
  if (command.test(plain)) return [text]
  const indent = ' '.repeat(widthOf(mark.exec(plain)?.[0] ?? ''))
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    // No line ends after its mark alone.
    const isBegun = last !== undefined && widthOf(last.trimEnd()) > indent.length
    if (isBegun && widthOf(longer) > columns) lines.push(`${indent}${word}`)
    else lines[Math.max(0, lines.length - 1)] = longer
  }
  return lines
}

const mark = /^ *(?:[✓✗–·!] |(?:error|why|try|note|warning|damaged|unreadable): +)?/
const command = /(?:^|[^\w-])(?:redoma|node|age|restic|sha256sum|apt-get) [a-z-]/
