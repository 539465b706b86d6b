import { findSlips } from '../../bundle/ceremony/find-slips.ts'
import { printable } from '../printable.ts'

/** What is wrong with a master password that was typed back, for the eyes of whoever typed it; `undefined` when nothing is. */
export function slipsIn(typed: string, password: string): string | undefined {
  const slips = findSlips(typed, password)
  switch (slips?.kind) {
    case undefined:
      return undefined
    case 'count':
      return `That is not it: it has ${slips.right} words with hyphens between them, and ${slips.typed} were typed.`
    case 'words': {
      const wrong = slips.words.map(
        ({ position, typed: word }) => `word ${position} is not “${printable(word)}”`,
      )
      return `That is not it: ${wrong.join(', ')}. Look at the paper.`
    }
    case 'hyphens':
      return 'The words are right; but between them there are hyphens, and nothing else.'
  }
}
