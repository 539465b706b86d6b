import type { PageContext } from '../context.ts'
import { type Child, h } from '../element.ts'
import { icon } from '../icons.ts'

/** Where what was taken down is given back. */
export interface Entry {
  readonly element: HTMLElement
  focus(): void
  /** Where it says what is wrong. */
  readonly outcome: HTMLElement
}

/** Something secret on its way to paper. */
export interface Handed {
  readonly title: string
  /** Before it is shown. */
  ready(): readonly Child[]
  /** Asks the worker for it. */
  shown(): Promise<readonly Child[]>
  /** Nothing of it stays in the page. */
  hide(): void
  entry(proven: () => void): Entry
}

/** Shows one secret alone, clears it from the screen, and asks for it back until it is right. */
export class HandOver {
  readonly #context: PageContext
  readonly #handed: () => Handed
  readonly #proven: (title: string) => void
  readonly #place = h('section', { class: 'step secretly', 'aria-labelledby': 'hand-over' })
  #current: Handed
  #step: 'ready' | 'shown' | 'typing' = 'ready'

  /** `handed`: in the language of now. */
  constructor(context: PageContext, handed: () => Handed, proven: (title: string) => void) {
    this.#context = context
    this.#handed = handed
    this.#current = handed()
    this.#proven = proven
  }

  render(): HTMLElement {
    this.#current.hide()
    this.#current = this.#handed()
    if (this.#step === 'typing') this.#type()
    else this.#ready()
    return this.#place
  }

  /** Takes it from the screen, whatever was going on. @returns whether there was anything to clear */
  cover(): boolean {
    if (this.#step === 'ready') return false
    this.#ready()
    return true
  }

  close(): void {
    this.#current.hide()
    this.#place.replaceChildren()
  }

  #ready(): void {
    const { show } = this.#context.texts.ceremony
    this.#step = 'ready'
    this.#current.hide()
    this.#draw(
      ...this.#current.ready(),
      h('button', { type: 'button', class: 'primary', onclick: () => void this.#show() }, icon('show'), show),
    )
  }

  async #show(): Promise<void> {
    const { isOnPaper } = this.#context.texts.ceremony
    const shown = await this.#current.shown()
    this.#step = 'shown'
    const onclick = () => {
      this.#type()
    }
    this.#draw(...shown, h('button', { type: 'button', class: 'primary', onclick }, icon('hide'), isOnPaper))
    this.#focusTitle()
  }

  #type(): void {
    const { showAgain } = this.#context.texts.ceremony
    this.#step = 'typing'
    this.#current.hide()
    const entry = this.#current.entry(() => {
      this.close()
      this.#proven(this.#current.title)
    })
    const again = h(
      'button',
      { type: 'button', class: 'plain', onclick: () => void this.#show() },
      icon('show'),
      showAgain,
    )
    this.#draw(entry.element, entry.outcome, h('div', { class: 'buttons' }, again))
    entry.focus()
  }

  #draw(...children: readonly Child[]): void {
    const title = h('h2', { id: 'hand-over', tabindex: -1 }, this.#current.title)
    this.#place.replaceChildren(title, ...children.filter((child) => child !== undefined))
  }

  #focusTitle(): void {
    this.#place.querySelector<HTMLElement>('h2')?.focus()
  }
}

/** What is wrong with what came back. */
export function problem(...texts: readonly string[]): HTMLElement {
  return h('div', { class: 'problem boxed', role: 'alert' }, ...texts.map((text) => h('p', {}, text)))
}
