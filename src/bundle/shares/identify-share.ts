import { correctTwoSlips } from '../../crypto/slip39/correct-two-slips.ts'
import { type Correction, ShareError } from '../../crypto/slip39/fault.ts'
import { parseShare, type Share } from '../../crypto/slip39/parse-share.ts'
import type { FaultNames } from '../../crypto/slip39/say-fault.ts'
import { shareHash } from './share-key.ts'
import type { NewShareList, ShareList } from './share-list.ts'

/** What the lists of shares say of one. */
export type ShareIdentity =
  /** Card `number` of the generation of `list`; `group` counts from 0. */
  | { readonly kind: 'known'; readonly list: ShareList; readonly number: number; readonly group: number }
  /** Of an instance or a ceremony that none of the lists is of. */
  | { readonly kind: 'another-set'; readonly identifier: number }
  /** It says that it is of the set of `list`, and is none of its shares: somebody made it up. */
  | { readonly kind: 'forged'; readonly list: ShareList }

/** Whose share this is, by the lists of all generations that are at hand. */
export function identifyShare(share: Share, lists: readonly ShareList[]): ShareIdentity {
  const sha256 = shareHash(share)
  for (const list of lists) {
    const entry = list.shares.find((known) => known.sha256 === sha256)
    if (entry !== undefined) return { kind: 'known', list, number: entry.number, group: entry.group - 1 }
  }
  const claimed = lists.find(({ identifier }) => identifier === share.identifier)
  return claimed === undefined
    ? { kind: 'another-set', identifier: share.identifier }
    : { kind: 'forged', list: claimed }
}

/**
 * `parseShare`, and with the lists at hand what is wrong is said with certainty: a correction is one that makes a share of theirs,
 * also where two words are wrong.
 *
 * @throws ShareError as `parseShare`
 */
export function readCard(text: string, lists: readonly Pick<NewShareList, 'shares'>[]): Share {
  try {
    return parseShare(text)
  } catch (error) {
    if (error instanceof ShareError) throw confirmed(error, text, lists)
    throw error
  }
}

function confirmed(
  error: ShareError,
  text: string,
  lists: readonly Pick<NewShareList, 'shares'>[],
): ShareError {
  const hashes = new Set(lists.flatMap(({ shares }) => shares.map(({ sha256 }) => sha256)))
  const isListed = (correction: Pick<Correction, 'words'>): boolean => hashes.has(shareHash(correction))
  const { fault } = error
  if (fault.kind !== 'checksum' && fault.kind !== 'word-count') return error
  const corrections = fault.corrections.filter(isListed)
  if (corrections.length > 0) return new ShareError(error.code, { ...fault, corrections })
  if (fault.kind === 'word-count') return error
  const two = correctTwoSlips(text).find(isListed)
  return two === undefined ? error : new ShareError(error.code, { kind: 'unknown-words', words: two.wrong })
}

/** For `sayFault` and `sayMissing`: groups by the names that the ceremony gave them. */
export function namesOf(list: NewShareList): FaultNames {
  return { group: (at) => list.groups[at]?.name ?? `${at + 1}` }
}
