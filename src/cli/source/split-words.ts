import { RedomaError } from '../../core/errors.ts'

/**
 * The words of a command line, with the quotes of a shell and nothing else of it: `'…'` and `"…"` hold blanks, `\` holds
 * the next character. No variables, no pipes: the program is started without a shell.
 *
 * @throws RedomaError `USAGE` for a quote that does not end
 */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (quote !== '' && character === quote) quote = ''
    else if (quote === '' && (character === '"' || character === "'")) {
      quote = character
      word ??= ''
    } else if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === '\\' && quote !== "'" && at + 1 < line.length) {
      at += 1
      word = (word ?? '') + line.charAt(at)
    } else word = (word ?? '') + character
  }
  if (quote !== '') throw new RedomaError('USAGE', `a quote (${quote}) in the command does not end`)
  return word === undefined ? words : [...words, word]
}
