import { identifyShare, namesOf, readCard } from '../../../../bundle/shares/identify-share.ts'
import type { ShareList } from '../../../../bundle/shares/share-list.ts'
import { wipe } from '../../../../core/bytes.ts'
import { messageOf } from '../../../../core/errors.ts'
import { combineShares } from '../../../../crypto/slip39/combine-shares.ts'
import { type Correction, ShareError } from '../../../../crypto/slip39/fault.ts'
import { missingShares } from '../../../../crypto/slip39/missing-shares.ts'
import type { Share } from '../../../../crypto/slip39/parse-share.ts'
import { sayFault, sayMissing } from '../../../../crypto/slip39/say-fault.ts'
import type { Texts } from '../../texts/english.ts'

/** What became of the words of a card. */
export type CardOutcome =
  | { readonly kind: 'taken'; readonly name: string }
  /**
   * `corrections`: changes of what was typed that would make a card of it. `isDoubt`: only the lists speak against it, which nobody has signed: it can be
   * taken all the same, and the digest of SLIP-39 decides.
   */
  | {
      readonly kind: 'refused'
      readonly text: string
      readonly corrections: readonly Correction[]
      readonly isDoubt?: boolean
    }

/** The cards that were given so far, and what is known of them. */
export class CardSet {
  readonly #lists: readonly ShareList[]
  /** The list of the identity that is to be opened. */
  readonly #list: ShareList | undefined
  #shares: readonly Share[] = []

  constructor(lists: readonly ShareList[], list: ShareList | undefined) {
    this.#lists = lists
    this.#list = list
  }

  get words(): readonly string[] {
    return this.#shares.map(({ words }) => words.reveal())
  }

  names(texts: Texts): string[] {
    return this.#shares.map((share, at) => this.#nameOf(share, at, texts))
  }

  get isEnough(): boolean {
    return this.#shares.length > 0 && missingShares(this.#shares) === undefined
  }

  /** What is still needed, in a sentence. */
  missing(texts: Texts): string | undefined {
    if (this.#shares.length === 0) return this.#needed(texts)
    const missing = missingShares(this.#shares)
    return missing === undefined
      ? undefined
      : sayMissing(missing, texts.language, (at) => this.#groupName(at, texts))
  }

  remove(at: number): void {
    this.#shares = this.#shares.toSpliced(at, 1)
  }

  /** `isSure`: whatever the lists say. */
  take(text: string, texts: Texts, isSure = false): CardOutcome {
    try {
      const share = readCard(text, this.#lists)
      const foreign = isSure ? undefined : this.#doubtForeign(share, texts)
      if (foreign !== undefined) return { ...refused(foreign), isDoubt: true }
      const together = [...this.#shares, share]
      const problem = this.#problemTogether(together, texts)
      if (problem !== undefined) return refused(problem)
      this.#shares = together
      return { kind: 'taken', name: this.#nameOf(share, together.length - 1, texts) }
    } catch (error) {
      if (!(error instanceof ShareError)) return refused(messageOf(error))
      const { fault } = error
      const corrections = fault.kind === 'checksum' || fault.kind === 'word-count' ? fault.corrections : []
      return refused(sayFault(fault, texts.language), corrections)
    }
  }

  /** A card of another set is named before all are there: together they would only not fit. */
  #doubtForeign(share: Share, texts: Texts): string | undefined {
    if (this.#list === undefined) return undefined
    const identity = identifyShare(share, this.#lists)
    if (identity.kind === 'forged') return texts.cardForged
    if (identity.kind === 'another-set') return texts.cardOther
    const { list, number, group } = identity
    if (list.fingerprint === this.#list.fingerprint && list.identifier === this.#list.identifier)
      return undefined
    return texts.cardOfGeneration(number, namesOf(list).group?.(group) ?? '', list.generation)
  }

  #problemTogether(shares: readonly Share[], texts: Texts): string | undefined {
    try {
      wipe(combineShares(shares))
      return undefined
    } catch (error) {
      if (!(error instanceof ShareError)) throw error
      const { fault } = error
      if (fault.kind === 'too-few') return undefined
      const names = shares.map((share, at) => this.#nameOf(share, at, texts))
      // Of two, the first has the name that it has in the list above.
      if (fault.kind === 'repeated') return texts.cardAgain(names[Math.min(...fault.shares)] ?? '')
      return sayFault(fault, texts.language, {
        share: (at) => names[at] ?? '',
        group: (at) => this.#groupName(at, texts),
      })
    }
  }

  #nameOf(share: Share, at: number, texts: Texts): string {
    const identity = identifyShare(share, this.#lists)
    return identity.kind === 'known'
      ? texts.card(identity.number, this.#groupName(identity.group, texts))
      : texts.cardUnnamed(at + 1)
  }

  #groupName(at: number, texts: Texts): string {
    return this.#list?.groups[at]?.name ?? texts.group(at + 1)
  }

  #needed(texts: Texts): string | undefined {
    if (this.#list === undefined) return undefined
    const { groups, groupThreshold } = this.#list
    const each = groups.map(({ name, threshold, count }) => texts.cardsOf(threshold, count, name))
    return texts.cardsNeeded(each, groupThreshold)
  }
}

function refused(
  text: string,
  corrections: readonly Correction[] = [],
): CardOutcome & { readonly kind: 'refused' } {
  return { kind: 'refused', text, corrections }
}
