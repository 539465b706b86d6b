import type { PageContext, Session } from '../context.ts'
import { h } from '../element.ts'
import { explain } from '../gate/explain.ts'
import { icon } from '../icons.ts'
import { bundleHead } from './bundle-head.ts'
import { Clipboard } from './clipboard.ts'
import { credentialDetail } from './credential-detail.ts'
import { CredentialList, firstRows } from './credential-list.ts'
import { showAbout, showSave } from './dialogs.ts'
import { type Health, lookAtHealth } from './health.ts'
import { watchIdle } from './idle-lock.ts'

/** The page while a bundle is open. */
export class Glass {
  readonly #context: PageContext
  #session: Session
  readonly #lock: (isIdle: boolean) => void
  readonly #clipboard: Clipboard
  readonly #head = h('div')
  readonly #found = h('p', { class: 'quiet', role: 'status' })
  readonly #field = h('input', {
    type: 'search',
    id: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    autocapitalize: 'off',
  })
  readonly #detail = h('div', { class: 'detail-place' })
  readonly #warning = h('div', { class: 'idle-warning', role: 'alert' })
  readonly #main = h('div', { class: 'glass' })
  #list: CredentialList
  #health: Health = { damage: undefined, ledger: 'none' }
  #shown: number | undefined
  readonly #closing = new AbortController()
  #stopWatching: () => void = () => undefined

  constructor(context: PageContext, session: Session, lock: (isIdle: boolean) => void) {
    this.#context = context
    this.#session = session
    this.#lock = lock
    this.#clipboard = new Clipboard(context)
    this.#list = this.#newList()
    this.#field.addEventListener('input', () => void this.#search())
    this.#field.addEventListener('keydown', (event) => {
      this.#steer(event)
    })
    // Wherever the focus is: a tap on plain text takes it out of what is shown.
    const { signal } = this.#closing
    document.addEventListener('keydown', this.#leaveDetail.bind(this), { signal })
    this.#stopWatching = watchIdle(context.now, {
      warn: () => {
        const { texts } = this.#context
        this.#warning.replaceChildren(
          h('span', {}, texts.lockSoon),
          h('button', { type: 'button' }, texts.stay),
        )
      },
      calm: () => {
        this.#warning.replaceChildren()
      },
      lock: () => {
        lock(true)
      },
    })
    void lookAtHealth(session, (health) => {
      this.#health = health
      this.#showHead()
    })
  }

  render(): HTMLElement {
    const { texts } = this.#context
    this.#list = this.#newList()
    for (const [name, value] of Object.entries({
      role: 'combobox',
      placeholder: texts.searchHint,
      'aria-controls': 'results',
      'aria-expanded': 'true',
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
    })) {
      this.#field.setAttribute(name, value)
    }
    this.#main.replaceChildren(
      this.#head,
      h(
        'div',
        { class: 'columns' },
        h(
          'section',
          { class: 'search', 'aria-label': texts.search },
          h(
            'div',
            { class: 'search-field' },
            h('label', { for: 'search' }, icon('search'), h('span', { class: 'unseen' }, texts.search)),
            this.#field,
          ),
          this.#found,
          this.#list.element,
        ),
        this.#detail,
      ),
      this.#clipboard.bar,
      this.#warning,
    )
    this.#showHead()
    void this.#search()
    if (this.#shown === undefined) this.#showNothing()
    else void this.#show(this.#shown, false)
    return this.#main
  }

  focus(): void {
    this.#field.focus()
  }

  close(): void {
    this.#stopWatching()
    this.#closing.abort()
    void this.#clipboard.clear()
    for (const dialog of document.querySelectorAll('dialog')) dialog.close()
    this.#detail.replaceChildren()
    this.#session.client.close()
  }

  /** A ledger that was dropped after the bundle was opened. */
  takeLedger(file: File): void {
    this.#session = { ...this.#session, ledger: file }
    void lookAtHealth(this.#session, (health) => {
      this.#health = { ...health, damage: health.damage ?? this.#health.damage }
      this.#showHead()
    })
  }

  #newList(): CredentialList {
    return new CredentialList(this.#context, {
      rows: (from, count) => this.#session.client.call('rows', from, count),
      choose: ({ at }) => void this.#show(at, true),
    })
  }

  #showHead(): void {
    this.#head.replaceChildren(
      bundleHead(this.#context, this.#session, this.#health, {
        about: () => {
          showAbout(this.#context, this.#session, this.#health, (file) => {
            this.takeLedger(file)
          })
        },
        save: () => {
          showSave(this.#context, this.#session)
        },
        lock: () => {
          this.#lock(false)
        },
      }),
    )
  }

  async #search(): Promise<void> {
    const { texts } = this.#context
    const text = this.#field.value
    const found = await this.#session.client.call('search', text, firstRows)
    if (text !== this.#field.value) return
    this.#list.show(found)
    // For who waits for it: what the list shows is what was found for this.
    this.#list.element.dataset['searched'] = text
    const all = this.#session.opened.credentials
    this.#found.textContent =
      found.count === all || found.count === 0
        ? texts.results(found.count)
        : texts.resultsOf(found.count, all)
    this.#setActive()
  }

  #steer(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, number | 'first' | 'last'>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: this.#list.pageRows,
      PageUp: -this.#list.pageRows,
      ...(event.ctrlKey ? { Home: 'first', End: 'last' } : {}),
    }
    const move = moves[event.key]
    if (move !== undefined) {
      event.preventDefault()
      void this.#list.move(move).then(() => {
        this.#setActive()
      })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      this.#list.chooseActive()
    }
  }

  #setActive(): void {
    const { activeId } = this.#list
    if (activeId === undefined) this.#field.removeAttribute('aria-activedescendant')
    else this.#field.setAttribute('aria-activedescendant', activeId)
  }

  async #show(at: number, isNew: boolean): Promise<void> {
    const shown = await this.#session.client.call('show', at).catch((error: unknown) => {
      this.#showProblem(error)
    })
    if (shown === undefined) return
    this.#shown = at
    const tools = { context: this.#context, session: this.#session, clipboard: this.#clipboard }
    const detail = credentialDetail(tools, shown, () => {
      this.#showNothing()
      this.#field.focus()
    })
    this.#main.classList.add('showing')
    this.#detail.replaceChildren(detail)
    if (isNew) detail.querySelector<HTMLElement>('#detail-title')?.focus()
  }

  /** Escape is the way back where the list and what is shown take turns. */
  #leaveDetail({ key }: KeyboardEvent): void {
    if (key !== 'Escape' || document.querySelector('dialog[open]') !== null) return
    const back = this.#detail.querySelector<HTMLElement>('.back')
    // A button that is not laid out has no place among the others.
    if (back !== null && back.offsetParent !== null) back.click()
  }

  #showProblem(error: unknown): void {
    const { text, detail } = explain(error, this.#context.texts)
    this.#main.classList.add('showing')
    this.#detail.replaceChildren(
      h(
        'div',
        { class: 'detail problem', role: 'alert' },
        h('p', {}, text),
        h('p', { class: 'quiet' }, detail),
      ),
    )
  }

  #showNothing(): void {
    this.#shown = undefined
    this.#main.classList.remove('showing')
    this.#detail.replaceChildren(h('p', { class: 'choose quiet' }, icon('dome'), this.#context.texts.choose))
  }
}
