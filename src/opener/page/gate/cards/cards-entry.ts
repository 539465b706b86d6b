import type { PageContext } from '../../context.ts'
import { h } from '../../element.ts'
import { icon } from '../../icons.ts'
import type { CardOutcome, CardSet } from './card-set.ts'
import { scanCard } from './scan-card.ts'
import { WordField } from './word-field.ts'

type Refused = CardOutcome & { readonly kind: 'refused' }

/** The cards of a quorum: those that were given, what is still needed, and where the next is typed or scanned. */
export class CardsEntry {
  readonly #context: PageContext
  readonly #cards: CardSet
  readonly #changed: () => void
  readonly #place = h('div', { class: 'cards' })
  readonly #refusal = h('div', { class: 'refusal' })
  #field: WordField | undefined
  #typed = ''

  constructor(context: PageContext, cards: CardSet, changed: () => void) {
    this.#context = context
    this.#cards = cards
    this.#changed = changed
  }

  get words(): readonly string[] {
    return this.#cards.words
  }

  get isEnough(): boolean {
    return this.#cards.isEnough
  }

  /** What is still needed, in a sentence. */
  missing(): string {
    const { texts } = this.#context
    return this.#cards.missing(texts) ?? texts.cardsAny
  }

  render(): HTMLElement {
    this.#typed = this.#field?.text ?? this.#typed
    this.#show()
    return this.#place
  }

  focus(): void {
    this.#field?.focus()
  }

  /** The text of a card, however it came here. @returns whether it was taken */
  take(text: string, isSure = false): boolean {
    const { texts, announce } = this.#context
    const outcome = this.#cards.take(text, texts, isSure)
    if (outcome.kind === 'refused') {
      this.#refuse(text, outcome)
      return false
    }
    this.#typed = ''
    this.#field = undefined
    this.#show()
    this.#changed()
    this.focus()
    announce(`${texts.cardTaken(outcome.name)} ${this.#cards.missing(texts) ?? texts.cardsEnough}`)
    return true
  }

  /** The field stays, so that who types goes on where he is. */
  #refuse(text: string, outcome: Refused): void {
    if (this.#field !== undefined && this.#field.text !== text) this.#field.text = text
    this.#refusal.replaceChildren(this.#refusalOf(text, outcome))
    this.#refusal.scrollIntoView({ block: 'nearest' })
  }

  #show(): void {
    const { texts } = this.#context
    this.#refusal.replaceChildren()
    const given = this.#cards.names(texts).map((name, at) =>
      h(
        'li',
        { class: 'file' },
        icon('good'),
        h('span', { class: 'file-text' }, h('strong', {}, name)),
        h(
          'button',
          {
            type: 'button',
            class: 'icon-only',
            'aria-label': texts.remove(name),
            onclick: () => {
              this.#cards.remove(at)
              this.#show()
              this.#changed()
            },
          },
          icon('remove'),
        ),
      ),
    )
    const missing = this.#cards.missing(texts)
    this.#place.replaceChildren(
      h(
        'p',
        { class: missing === undefined && given.length > 0 ? 'enough' : 'hint' },
        missing ?? (given.length > 0 ? texts.cardsEnough : texts.cardsAny),
      ),
      given.length === 0 ? '' : h('ul', { class: 'files' }, ...given),
      ...(this.#cards.isEnough ? [] : this.#entry()),
    )
  }

  #entry(): HTMLElement[] {
    const { texts } = this.#context
    const field = new WordField(
      texts,
      (text) => void this.take(text),
      () => {
        this.#refusal.replaceChildren()
      },
    )
    field.text = this.#typed
    this.#field = field
    const scan = h(
      'button',
      {
        type: 'button',
        onclick: () => {
          scanCard(this.#context, (text) => this.take(text))
        },
      },
      icon('camera'),
      texts.scan,
    )
    return [field.element, this.#refusal, h('div', { class: 'buttons' }, scan)]
  }

  #refusalOf(text: string, { text: said, corrections, isDoubt }: Refused): HTMLElement {
    const { texts } = this.#context
    const takeAnyway = h(
      'button',
      { type: 'button', class: 'small', onclick: () => void this.take(text, true) },
      texts.takeAnyway,
    )
    const [only] = corrections.length === 1 ? corrections : []
    const use =
      only === undefined
        ? undefined
        : h(
            'button',
            { type: 'button', class: 'small', onclick: () => void this.take(only.words.reveal()) },
            texts.useCorrection,
          )
    return h(
      'div',
      { class: 'problem boxed', role: 'alert' },
      h('p', {}, said),
      use,
      isDoubt === true ? takeAnyway : undefined,
    )
  }
}
