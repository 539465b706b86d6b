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
 * Takes a line: one word or several; a number says which the next one is (`7 academic`), `-` takes the last one back. What is no
 * word is told at once, with what may be meant; an empty line then takes that.
 */
export function typeIntoCard(entry: CardEntry, line: string, lists: readonly ShareList[] = []): CardStep {
  const tokens = line
    .toLowerCase()
    .split(/[\s,.;:]+/)
    .filter((token) => token !== '')
  if (tokens.length === 0) return judged(entry.proposal ?? entry.words, lists)
  const words = [...entry.words]
  let place = nextPlace(entry)
  for (const token of tokens) {
    if (token === '-') {
      const last = words.findLastIndex((word) => word !== undefined)
      if (last >= 0) words[last] = undefined
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
    if (token !== '?' && value === undefined) return unknown(words, place, token)
    words[place] = value === undefined ? token : wordAt(value)
    place = !words.includes(undefined, place) ? wordsOfCard : words.indexOf(undefined, place)
  }
  return judged(words, lists)
}

function unknown(words: readonly (string | undefined)[], place: number, token: string): CardStep {
  const proposals = nearWords(token)
  const [likeliest] = proposals
  const remark = sayFault(
    { kind: 'unknown-words', words: [{ position: place + 1, typed: token, proposals, isCertain: false }] },
    'en',
  )
  return goingOn({
    words,
    remark,
    proposal: likeliest === undefined ? undefined : words.with(place, likeliest),
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

/** Only where there is one way to make the card right. */
function proposalOf(words: readonly (string | undefined)[], { fault }: ShareError): CardEntry['proposal'] {
  if (fault.kind === 'checksum') return wordsOf(fault.corrections)
  if (fault.kind !== 'unknown-words' || !fault.words.every(({ isCertain }) => isCertain)) return undefined
  return fault.words.reduce((all, { position, proposals }) => all.with(position - 1, proposals[0]), words)
}

function wordsOf([only, ...others]: readonly Correction[]): CardEntry['proposal'] {
  return only === undefined || others.length > 0 ? undefined : only.words.reveal().split(' ')
}

function goingOn(entry: CardEntry): CardStep {
  return { kind: 'going-on', entry }
}
