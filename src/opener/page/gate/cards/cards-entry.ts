import type { PageContext } from '../../context.ts'
import { h } from '../../element.ts'
import { icon } from '../../icons.ts'
import type { CardOutcome, CardSet } from './card-set.ts'
import { scanCard } from './scan-card.ts'
import { WordField } from './word-field.ts'

/** The cards of a quorum: those that were given, what is still needed, and where the next is typed or scanned. */
export class CardsEntry {
  readonly #context: PageContext
  readonly #cards: CardSet
  readonly #changed: () => void
  readonly #place = h('div', { class: 'cards' })
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
      this.#typed = text
      this.#show(outcome)
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

  #show(refused?: CardOutcome & { readonly kind: 'refused' }): void {
    const { texts } = this.#context
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
      ...(this.#cards.isEnough ? [] : this.#entry(refused)),
    )
  }

  #entry(refused: (CardOutcome & { readonly kind: 'refused' }) | undefined): HTMLElement[] {
    const { texts } = this.#context
    const field = new WordField(texts, (text) => void this.take(text))
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
    return [
      field.element,
      ...(refused === undefined ? [] : [this.#refusal(refused)]),
      h('div', { class: 'buttons' }, scan),
    ]
  }

  #refusal({ text, corrections, isDoubt }: CardOutcome & { readonly kind: 'refused' }): HTMLElement {
    const { texts } = this.#context
    const typed = this.#typed
    const takeAnyway = h(
      'button',
      { type: 'button', class: 'small', onclick: () => void this.take(typed, true) },
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
      h('p', {}, text),
      use,
      isDoubt === true ? takeAnyway : undefined,
    )
  }
}
