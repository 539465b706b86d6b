/** What is wrong with a password of several words with hyphens between them; it repeats what was typed, and never what is right. */
export type PasswordSlips =
  | { readonly kind: 'count'; readonly right: number; readonly typed: number }
  /** Positions from 1. */
  | {
      readonly kind: 'words'
      readonly words: readonly { readonly position: number; readonly typed: string }[]
    }
  /** The words are right, and what is between them is not. */
  | { readonly kind: 'hyphens' }

/** For whoever types a master password back from paper: the paper is to be looked at, not the screen. `undefined` when nothing is wrong. */
export function findSlips(typed: string, password: string): PasswordSlips | undefined {
  if (typed === password) return undefined
  const [words, right] = [typed.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''), password.split('-')]
  if (words.length !== right.length) return { kind: 'count', right: right.length, typed: words.length }
  const wrong = words.flatMap((word, at) => (word === right[at] ? [] : [{ position: at + 1, typed: word }]))
  return wrong.length === 0 ? { kind: 'hyphens' } : { kind: 'words', words: wrong }
}
