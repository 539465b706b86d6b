import { parseShareList, type ShareList } from '../../../bundle/shares/share-list.ts'
import type { OpeningKey } from '../../protocol.ts'
import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { CardSet } from './cards/card-set.ts'
import { CardsEntry } from './cards/cards-entry.ts'
import type { GateFiles } from './gate-files.ts'
import { PasswordEntry } from './password-entry.ts'
import type { KnownFile } from './recognise-file.ts'

interface KnownList {
  readonly file: KnownFile
  readonly list: ShareList
}

/** The second step: the master password, or cards, as the identity file wants. */
export class KeyStep {
  readonly #context: PageContext
  readonly #files: GateFiles
  readonly #changed: () => void
  readonly #password = new PasswordEntry()
  #cards: CardsEntry
  #cardsAreFor = ''
  #lists: readonly KnownList[] = []

  constructor(context: PageContext, files: GateFiles, changed: () => void) {
    this.#context = context
    this.#files = files
    this.#changed = changed
    this.#cards = new CardsEntry(context, new CardSet([], undefined), changed)
  }

  /** Reads the lists of cards that are there by now. One that is damaged is left out: cards open without any. */
  async readLists(): Promise<void> {
    const read = this.#files.all
      .filter(({ role }) => role === 'share-list')
      .map(async (file): Promise<KnownList[]> => {
        try {
          return [{ file, list: parseShareList(new Uint8Array(await file.file.arrayBuffer())) }]
        } catch {
          return []
        }
      })
    this.#lists = (await Promise.all(read)).flat()
  }

  /** `undefined` while it is not whole. */
  get key(): OpeningKey | undefined {
    const role = this.#files.identity?.role
    if (role === 'plain-identity') return { kind: 'none' }
    if (role === 'password-identity') return { kind: 'password', text: this.#password.text }
    return this.#cards.isEnough ? { kind: 'cards', shares: this.#cards.words } : undefined
  }

  /** Why there is no key yet: of cards, as a password may be empty. */
  missing(): string {
    return `${this.#context.texts.cardsMissing} ${this.#cards.missing()}`
  }

  /** Whether the text of a QR code is one of a card that is wanted here. */
  takeCard(text: string): boolean {
    return this.#files.identity?.role === 'quorum-identity' && this.#cards.take(text)
  }

  wipe(): void {
    this.#password.wipe()
    this.#cards = new CardsEntry(this.#context, new CardSet([], undefined), this.#changed)
    this.#cardsAreFor = ''
  }

  focus(): void {
    if (this.#files.identity?.role === 'quorum-identity') this.#cards.focus()
    else this.#password.focus()
  }

  render(): readonly (HTMLElement | undefined)[] {
    const { texts } = this.#context
    const { identity } = this.#files
    if (identity?.role === 'plain-identity') return [h('p', { class: 'quiet' }, texts.noKey)]
    return [
      this.#ways(),
      identity?.role === 'quorum-identity' ? this.#cardsOf(identity).render() : this.#password.render(texts),
    ]
  }

  #cardsOf(identity: KnownFile): CardsEntry {
    const wanted = JSON.stringify([identity.name, ...this.#lists.map(({ file }) => file.name)])
    if (wanted === this.#cardsAreFor) return this.#cards
    this.#cardsAreFor = wanted
    const own = this.#lists.find(({ file }) => file.generation === identity.generation)
    const set = new CardSet(
      this.#lists.map(({ list }) => list),
      own?.list,
    )
    this.#cards = new CardsEntry(this.#context, set, this.#changed)
    return this.#cards
  }

  /** Where one key is behind a password and behind cards, too. */
  #ways(): HTMLElement | undefined {
    const { texts } = this.#context
    const { identity, identities } = this.#files
    const same = identities.filter(({ generation }) => generation === identity?.generation)
    const byPassword = same.find(({ role }) => role === 'password-identity')
    const byCards = same.find(({ role }) => role === 'quorum-identity')
    if (byPassword === undefined || byCards === undefined) return undefined
    const way = (label: string, file: KnownFile) =>
      h(
        'label',
        { class: 'way' },
        h('input', {
          type: 'radio',
          name: 'way',
          checked: file === identity,
          onchange: () => {
            this.#files.choose('identity', file)
            this.#changed()
            this.focus()
          },
        }),
        h('span', {}, label),
      )
    return h(
      'fieldset',
      { class: 'ways' },
      h('legend', { class: 'unseen' }, texts.keyStep),
      way(texts.byPassword, byPassword),
      way(texts.byCards, byCards),
    )
  }
}
