import { readCard } from '../../bundle/shares/identify-share.ts'
import type { ShareList } from '../../bundle/shares/share-list.ts'
import { type Correction, ShareError } from '../../crypto/slip39/fault.ts'
import { nearWords } from '../../crypto/slip39/near-words.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { sayFault } from '../../crypto/slip39/say-fault.ts'
import { valueOf, wordAt } from '../../crypto/slip39/wordlist.ts'

/** Our shares have so many: the secret behind them has 16 bytes. */
export const wordsOfCard = 20

/** One card, as far as it was typed. */
export interface CardEntry {
  /** In full, as on the card; `undefined` where nothing was typed yet, `?` where the word cannot be read. */
  readonly words: readonly (string | undefined)[]
  /** What is wrong, for the eyes of whoever types. */
  readonly remark?: string | undefined
  /** What an empty line does: all words, as they are meant most likely. */
  readonly proposal?: readonly (string | undefined)[] | undefined
}

export type CardStep =
  | { readonly kind: 'going-on'; readonly entry: CardEntry }
  | { readonly kind: 'done'; readonly share: Share }

export const emptyCard: CardEntry = { words: Array.from({ length: wordsOfCard }, () => undefined) }

/** Where the next word goes, from 0; 20 when all are there. */
export function nextPlace({ words }: CardEntry): number {
  const place = words.indexOf(undefined)
  return place === -1 ? wordsOfCard : place
}

/**
 * Takes a line: one word or several; a number says which the next one is (`7 academic`), `-` takes the last one back, `clear` all. What
 * is no word leaves a hole and is told at once, with what may be meant; an empty line then takes that.
 */
export function typeIntoCard(entry: CardEntry, line: string, lists: readonly ShareList[] = []): CardStep {
  const tokens = line
    .toLowerCase()
    .split(/[\s,.;:]+/)
    .filter((token) => token !== '')
  if (tokens.length === 0) return judged(entry.proposal ?? entry.words, lists)
  if (tokens.length === 1 && tokens[0] === 'clear') return goingOn(emptyCard)
  const words = [...entry.words]
  const unknown = new Map<number, string>()
  let place = nextPlace(entry)
  for (const token of tokens) {
    if (token === '-') {
      const last = words.findLastIndex((word) => word !== undefined)
      if (last >= 0) words[last] = undefined
      unknown.delete(last)
      place = Math.max(0, last)
      continue
    }
    const number = /^\d+$/.test(token) ? Number(token) : undefined
    if (number !== undefined && number >= 1 && number <= wordsOfCard) {
      place = number - 1
      continue
    }
    if (place >= wordsOfCard)
      return goingOn({ words, remark: `A card has ${wordsOfCard} words: “${token}” is one too many.` })
    const value = valueOf(token)
    const isWord = token === '?' || value !== undefined
    words[place] = value === undefined ? (isWord ? token : undefined) : wordAt(value)
    if (isWord) unknown.delete(place)
    else unknown.set(place, token)
    place = !words.includes(undefined, place + 1) ? wordsOfCard : words.indexOf(undefined, place + 1)
  }
  return unknown.size === 0 ? judged(words, lists) : withHoles(words, unknown, lists)
}

/** Where all others are there, they may say what the words at the holes must be. */
function withHoles(
  words: readonly (string | undefined)[],
  unknown: ReadonlyMap<number, string>,
  lists: readonly ShareList[],
): CardStep {
  const whole = judged(
    words.map((word, at) => word ?? unknown.get(at)),
    lists,
  )
  if (whole.kind === 'done' || whole.entry.remark !== undefined) {
    return whole.kind === 'done' ? whole : goingOn({ ...whole.entry, words })
  }
  const doubts = [...unknown].map(([place, typed]) => ({
    position: place + 1,
    typed,
    proposals: nearWords(typed),
    isCertain: false,
  }))
  return goingOn({
    words,
    remark: sayFault({ kind: 'unknown-words', words: doubts }, 'en'),
    proposal: doubts.every(({ proposals }) => proposals.length > 0)
      ? doubts.reduce((all, { position, proposals }) => all.with(position - 1, proposals[0]), words)
      : undefined,
  })
}

function judged(words: readonly (string | undefined)[], lists: readonly ShareList[]): CardStep {
  if (words.includes(undefined)) return goingOn({ words })
  try {
    return { kind: 'done', share: readCard(words.join(' '), lists) }
  } catch (error) {
    if (!(error instanceof ShareError)) throw error
    return goingOn({ words, remark: sayFault(error.fault, 'en'), proposal: proposalOf(words, error) })
  }
}

/** What Enter takes: the one way to make the card right, or the words that are nearest. */
function proposalOf(words: readonly (string | undefined)[], { fault }: ShareError): CardEntry['proposal'] {
  if (fault.kind === 'checksum') return wordsOf(fault.corrections)
  if (fault.kind !== 'unknown-words' || !fault.words.every(({ proposals }) => proposals.length > 0))
    return undefined
  return fault.words.reduce((all, { position, proposals }) => all.with(position - 1, proposals[0]), words)
}

function wordsOf([only, ...others]: readonly Correction[]): CardEntry['proposal'] {
  return only === undefined || others.length > 0 ? undefined : only.words.reveal().split(' ')
}

function goingOn(entry: CardEntry): CardStep {
  return { kind: 'going-on', entry }
}
