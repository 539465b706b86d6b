import { nearWords } from '../../../../crypto/slip39/near-words.ts'
import { typedWords } from '../../../../crypto/slip39/parse-share.ts'
import { valueOf, wordAt, words } from '../../../../crypto/slip39/wordlist.ts'
import { h } from '../../element.ts'
import type { Texts } from '../../texts/english.ts'

const mostSuggestions = 6
const wholeCards = [20, 33]

/**
 * Where the words of a card are typed: each is numbered as on the card, completed from its fourth letter on, and looked up in the list as
 * soon as it is there.
 */
export class WordField {
  readonly #texts: Texts
  readonly #whole: (text: string) => void
  readonly #edited: () => void
  readonly #suggestions = h('div', { class: 'suggestions', role: 'listbox', id: 'suggestions' })
  readonly #numbered = h('ol', { class: 'words' })
  readonly #doubts = h('div', { class: 'doubts', 'aria-live': 'polite' })
  readonly #field: HTMLTextAreaElement
  readonly element: HTMLElement
  #suggested: readonly string[] = []
  #active = -1

  /** `whole` is told what was typed when it has as many words as a card; `edited` comes before it, at each change by a person. */
  constructor(texts: Texts, whole: (text: string) => void, edited: () => void) {
    this.#texts = texts
    this.#whole = whole
    this.#edited = edited
    this.#suggestions.setAttribute('aria-label', texts.suggestions)
    this.#field = h('textarea', {
      id: 'words',
      rows: 3,
      spellcheck: 'false',
      autocomplete: 'off',
      autocapitalize: 'off',
      'aria-describedby': 'words-hint',
      'aria-autocomplete': 'list',
      'aria-controls': 'suggestions',
      oninput: (event: InputEvent) => {
        this.#typed(event)
      },
      onkeydown: (event: KeyboardEvent) => {
        this.#steer(event)
      },
    })
    this.element = h(
      'div',
      { class: 'field' },
      h('label', { for: 'words' }, texts.words),
      this.#field,
      this.#suggestions,
      h('p', { class: 'quiet', id: 'words-hint' }, texts.wordsHint),
      this.#numbered,
      this.#doubts,
    )
    this.#show()
  }

  get text(): string {
    return this.#field.value
  }

  set text(text: string) {
    this.#field.value = text
    this.#show()
  }

  focus(): void {
    this.#field.focus()
  }

  #typed({ inputType }: InputEvent): void {
    this.#edited()
    const isSpace = /\s$/.test(this.#field.value)
    // Not while somebody deletes: the word would come back.
    if (isSpace && inputType.startsWith('insert')) this.#field.value = withWholeLastWord(this.#field.value)
    this.#show()
    const typed = typedWords(this.#field.value)
    const isWhole = typed.every((word) => word === '?' || valueOf(word) !== undefined)
    if (isWhole && wholeCards.includes(typed.length)) this.#whole(this.#field.value)
  }

  #show(): void {
    const { value } = this.#field
    const typed = typedWords(value)
    const begun = /\s$/.test(value) ? '' : (typed.at(-1) ?? '')
    this.#suggest(begun)
    this.#numbered.replaceChildren(
      ...typed.map((word, at) => {
        const known = valueOf(word)
        const isOpen = at === typed.length - 1 && begun !== ''
        const state = known !== undefined ? 'known' : isOpen || word === '?' ? 'open' : 'wrong'
        return h('li', { class: state }, known === undefined ? word : wordAt(known))
      }),
    )
    const wrong = typed.flatMap((word, at) => {
      const isOpen = at === typed.length - 1 && begun !== ''
      return isOpen || word === '?' || valueOf(word) !== undefined ? [] : [{ word, at }]
    })
    this.#doubts.replaceChildren(...wrong.slice(0, 3).map(({ word, at }) => this.#doubt(word, at)))
  }

  #doubt(word: string, at: number): HTMLElement {
    const proposals = nearWords(word).map((proposal) =>
      h(
        'button',
        {
          type: 'button',
          class: 'small',
          onclick: () => {
            this.#edited()
            this.text = `${typedWords(this.text).with(at, proposal).join(' ')} `
            this.focus()
          },
        },
        proposal,
      ),
    )
    return h('div', { class: 'doubt' }, h('span', {}, this.#texts.wordUnknown(at + 1, word)), ...proposals)
  }

  #suggest(begun: string): void {
    const found = begun === '' ? [] : words.filter((word) => word.startsWith(begun) && word !== begun)
    this.#suggested =
      found.length > mostSuggestions && begun.length < 2 ? [] : found.slice(0, mostSuggestions)
    this.#active = -1
    this.#drawSuggestions()
  }

  #drawSuggestions(): void {
    this.#suggestions.replaceChildren(
      ...this.#suggested.map((word, at) =>
        h(
          'div',
          {
            role: 'option',
            id: `suggestion-${at}`,
            class: at === this.#active ? 'active' : '',
            'aria-selected': at === this.#active,
            onclick: () => {
              this.#accept(word)
            },
          },
          word,
        ),
      ),
    )
    this.#suggestions.hidden = this.#suggested.length === 0
    if (this.#active < 0) this.#field.removeAttribute('aria-activedescendant')
    else this.#field.setAttribute('aria-activedescendant', `suggestion-${this.#active}`)
  }

  #accept(word: string): void {
    this.#field.value = `${this.#field.value.replace(/(?<!\S)\S+$/, '')}${word} `
    this.focus()
    this.#field.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText' }))
  }

  #steer(event: KeyboardEvent): void {
    const count = this.#suggested.length
    if (event.key === 'Enter') {
      event.preventDefault()
      const word = this.#suggested[this.#active]
      if (word === undefined) this.#whole(this.#field.value)
      else this.#accept(word)
    } else if (count > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      this.#active = (this.#active + (event.key === 'ArrowDown' ? 1 : count)) % count
      this.#drawSuggestions()
    }
  }
}

/** The first four letters tell each word from all others. */
function withWholeLastWord(text: string): string {
  return text.replace(/(?<!\S)(\S+)(\s+)$/, (all, word: string, space: string) => {
    const value = valueOf(word.toLowerCase())
    return value === undefined ? all : `${wordAt(value)}${space}`
  })
}
