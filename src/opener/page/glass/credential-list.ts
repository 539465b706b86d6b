import type { Found, Row } from '../../protocol.ts'
import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { icon } from '../icons.ts'

/** As in the style sheet, where they are in rem: so they follow the reader's own size of letters. */
const rowRem = 3.75
const narrowRowRem = 4.75
const narrow = '(max-width: 52rem)'
/** Rows kept before and after those that are seen. */
const spare = 12
export const firstRows = 60

export interface CredentialListEvents {
  rows(from: number, count: number): Promise<readonly Row[]>
  choose(row: Row): void
}

/**
 * The results of a search: only the rows that are seen exist, however many there are. The search field keeps the focus and steers the list
 * with the arrow keys, as a combobox does.
 */
export class CredentialList {
  readonly #context: PageContext
  readonly #events: CredentialListEvents
  readonly #sizer = h('div', { class: 'sizer' })
  readonly #window = h('div', { class: 'window' })
  readonly #nothing: HTMLElement
  readonly element: HTMLElement
  #count = 0
  /** Where the rows that are at hand begin. */
  #from = 0
  #rows: readonly Row[] = []
  #active = 0
  #chosen: number | undefined
  #asked = 0

  constructor(context: PageContext, events: CredentialListEvents) {
    this.#context = context
    this.#events = events
    this.#nothing = h('p', { class: 'nothing quiet', hidden: true }, context.texts.nothingFound)
    this.element = h(
      'div',
      { class: 'list', id: 'results', role: 'listbox', tabindex: -1, 'aria-label': context.texts.list },
      this.#sizer,
      this.#nothing,
    )
    this.#sizer.append(this.#window)
    this.element.addEventListener('scroll', () => void this.#fill(), { passive: true })
    new ResizeObserver(() => void this.#fill()).observe(this.element)
  }

  /** The id of the row that the arrow keys are at. */
  get activeId(): string | undefined {
    return this.#count === 0 ? undefined : `row-${this.#active}`
  }

  show({ count, rows }: Found): void {
    this.#count = count
    this.#from = 0
    this.#rows = rows
    this.#active = 0
    this.#asked += 1
    this.#nothing.hidden = count > 0
    this.element.scrollTop = 0
    this.#draw()
  }

  /** Moves what the arrow keys are at, and what is seen with it. */
  async move(by: number | 'first' | 'last'): Promise<void> {
    if (this.#count === 0) return
    const wanted = by === 'first' ? 0 : by === 'last' ? this.#count - 1 : this.#active + by
    this.#active = Math.max(0, Math.min(this.#count - 1, wanted))
    const height = this.#rowPixels()
    const top = this.#active * height
    const { scrollTop, clientHeight } = this.element
    if (top < scrollTop) this.element.scrollTop = top
    else if (top + height > scrollTop + clientHeight) this.element.scrollTop = top + height - clientHeight
    await this.#fill()
  }

  get pageRows(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / this.#rowPixels()) - 1)
  }

  chooseActive(): void {
    const row = this.#rows[this.#active - this.#from]
    if (row !== undefined) this.#choose(row)
  }

  #choose(row: Row): void {
    this.#chosen = row.at
    this.#draw()
    this.#events.choose(row)
  }

  async #fill(): Promise<void> {
    const height = this.#rowPixels()
    const first = Math.max(0, Math.floor(this.element.scrollTop / height) - spare)
    const last = Math.min(
      this.#count,
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / height) + spare,
    )
    const isAtHand = first >= this.#from && last <= this.#from + this.#rows.length
    if (!isAtHand) {
      this.#asked += 1
      const asked = this.#asked
      const rows = await this.#events.rows(first, Math.max(firstRows, last - first))
      // Another search, or another place, came in between.
      if (asked !== this.#asked) return
      this.#from = first
      this.#rows = rows
    }
    this.#draw()
  }

  #draw(): void {
    // Here and not when they are found: who turns the telephone has other rows.
    this.#sizer.style.height = `${this.#count * rowRemNow()}rem`
    this.#window.style.top = `${this.#from * rowRemNow()}rem`
    this.#window.replaceChildren(...this.#rows.map((row, index) => this.#rowElement(row, this.#from + index)))
  }

  #rowElement(row: Row, position: number): HTMLElement {
    const { texts } = this.#context
    return h(
      'div',
      {
        class: position === this.#active ? 'row active' : 'row',
        id: `row-${position}`,
        role: 'option',
        'aria-selected': row.at === this.#chosen,
        'aria-posinset': position + 1,
        'aria-setsize': this.#count,
        onclick: () => {
          this.#active = position
          this.#choose(row)
        },
      },
      icon(row.kind),
      h(
        'span',
        { class: 'row-text' },
        h('span', { class: 'row-title' }, row.title),
        h(
          'span',
          { class: 'row-more' },
          [row.place, row.user].filter((text) => text !== '').join(' · ') || texts.kinds[row.kind],
        ),
      ),
      row.folder === '' ? undefined : h('span', { class: 'row-folder' }, row.folder),
    )
  }

  #rowPixels(): number {
    return rowRemNow() * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  }
}

/** Where the folder stands below, a row has three lines. */
function rowRemNow(): number {
  return matchMedia(narrow).matches ? narrowRowRem : rowRem
}
