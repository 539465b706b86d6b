import type { NewShareList } from '../share-list.ts'
import type { ShareCard } from './share-card.ts'

/** A recovery key, as much of it as stands on the cards. */
export interface KeyOnCards {
  readonly instanceName?: string | undefined
  readonly fingerprint: string
  readonly heldAt: Date
  readonly shares: NewShareList | undefined
}

/** The card of a new share; `group` is its position among the groups, from 0. Without generation and openers, which not every ceremony knows. */
export function cardOf(
  { number, group, words }: Pick<ShareCard, 'number' | 'words'> & { readonly group: number },
  { shares, fingerprint, heldAt, instanceName }: KeyOnCards,
  guardian: string,
): ShareCard {
  return {
    words,
    number,
    count: shares?.shares.length ?? 0,
    instanceName: instanceName ?? '',
    guardian,
    heldAt,
    identifier: shares?.identifier ?? 0,
    group: shares?.groups[group] ?? { name: '', threshold: 0, count: 0 },
    groupThreshold: shares?.groupThreshold ?? 1,
    groupCount: shares?.groups.length ?? 1,
    fingerprint,
  }
}
