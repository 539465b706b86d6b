import { printable } from '../printable.ts'

/**
 * What is wrong with a password of several words with hyphens between them, for the eyes of whoever typed it; `undefined` when nothing is.
 * It repeats what was typed, and never what is right: that is to be on the paper.
 */
export function slipsIn(typed: string, password: string): string | undefined {
  if (typed === password) return undefined
  const [words, right] = [typed.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''), password.split('-')]
  if (words.length !== right.length) {
    return `That is not it: it has ${right.length} words with hyphens between them, and ${words.length} were typed.`
  }
  const slips = words.flatMap((word, at) =>
    word === right[at] ? [] : [`word ${at + 1} is not “${printable(word)}”`],
  )
  return slips.length === 0
    ? 'The words are right; but between them there are hyphens, and nothing else.'
    : `That is not it: ${slips.join(', ')}. Look at the paper.`
}
