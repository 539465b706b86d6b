import type { ShareList } from '../../bundle/shares/share-list.ts'
import { combineShares } from '../../crypto/slip39/combine-shares.ts'
import { ShareError } from '../../crypto/slip39/fault.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { sayFault } from '../../crypto/slip39/say-fault.ts'
import { cardOf, groupNameOf } from './known-cards.ts'

/** What became of one more card. */
export type Taken =
  /** Enough: 16 bytes, which the caller wipes. */
  | { readonly kind: 'enough'; readonly secret: Uint8Array }
  | { readonly kind: 'more'; readonly shares: readonly Share[]; readonly said: string }
  | { readonly kind: 'refused'; readonly error: ShareError; readonly said: string }

/**
 * Takes one more card to those that there are, or says why not: of another set, there already, not fitting.
 *
 * @param lists what is known of cards
 */
export function takeShare(taken: readonly Share[], share: Share, lists: readonly ShareList[]): Taken {
  const all = [...taken, share]
  const names = {
    share: (at: number) => nameOf(all[at], lists) ?? `the ${ordinals[at] ?? 'last'} card`,
    group: (at: number) => groupNameOf(at, share, lists),
  }
  try {
    return { kind: 'enough', secret: combineShares(all) }
  } catch (error) {
    if (!(error instanceof ShareError)) throw error
    const { fault } = error
    const said = sayFault(fault, 'en', names)
    if (fault.kind === 'too-few') return { kind: 'more', shares: all, said }
    // Of two cards of two sets, either may be the wrong one: it is the new one that is not taken.
    const [first] = taken
    const isNew = fault.kind === 'another-set' && first !== undefined
    return { kind: 'refused', error, said: isNew ? anotherSet(share, first, lists) : said }
  }
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']

function anotherSet(share: Share, first: Share, lists: readonly ShareList[]): string {
  const [mine, theirs] = [share, first].map((one) => cardOf(one, lists))
  const name = nameOf(share, lists) ?? 'This card'
  if (mine !== undefined && theirs !== undefined && mine.generation !== theirs.generation) {
    return `${name} belongs to another set: generation ${mine.generation}; the cards before are of generation ${theirs.generation}. Leave it out.`
  }
  return `${name} is of another set than the cards before: of a former ceremony, or of another instance. Leave it out.`
}

/** `undefined` where no list has it. */
function nameOf(share: Share | undefined, lists: readonly ShareList[]): string | undefined {
  const card = share === undefined ? undefined : cardOf(share, lists)
  return card === undefined ? undefined : `Card ${card.number}`
}
