import type { KeyOnCards } from '../../../bundle/shares/cards/card-of.ts'
import type { CeremonyOutcome, CeremonyWish } from '../../protocol.ts'
import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { explain } from '../gate/explain.ts'
import { icon } from '../icons.ts'
import { openDialog } from '../open-dialog.ts'
import { startVault, type VaultClient } from '../vault-client.ts'
import { handCard } from './hand-card.ts'
import { HandOver, problem } from './hand-over.ts'
import { handPassword } from './hand-password.ts'
import { makingStep } from './making.ts'
import { outcomeStep } from './outcome.ts'
import { WishForm } from './wish-form.ts'

/** Of a ceremony, with what is shown of it. */
type Stage =
  | { readonly kind: 'wish' }
  | { readonly kind: 'making'; readonly element: () => HTMLElement }
  | { readonly kind: 'handing'; readonly handOver: HandOver }
  | { readonly kind: 'made'; readonly outcome: CeremonyOutcome }

export interface CeremonyEvents {
  /** `notice`: what is to be said where a bundle is opened. */
  readonly end: (notice?: string) => void
  readonly redraw: () => void
}

/**
 * The page while a recovery key is made. Its secrets are in a worker, which ends with the ceremony; the page has one of them at a time, while it
 * is shown.
 */
export class Ceremony {
  readonly #context: PageContext
  readonly #events: CeremonyEvents
  readonly #openerSha256: string
  readonly #form: WishForm
  readonly #said = h('div')
  #stage: Stage = { kind: 'wish' }
  #vault: VaultClient | undefined
  #onPaper: string[] = []
  #isSaved = false

  constructor(context: PageContext, openerSha256: string, events: CeremonyEvents) {
    this.#context = context
    this.#openerSha256 = openerSha256
    this.#events = events
    this.#form = new WishForm(context, (wish) => void this.#make(wish))
  }

  /** Whether something would be lost by leaving. */
  get isHeld(): boolean {
    return this.#stage.kind !== 'wish' && !(this.#stage.kind === 'made' && this.#isSaved)
  }

  focus(): void {
    this.#form.focus()
  }

  /** Nobody is there: what was shown or typed leaves the screen, and the ceremony waits. */
  cover(): void {
    if (this.#stage.kind === 'handing' && this.#stage.handOver.cover()) {
      this.#said.replaceChildren(h('p', { class: 'notice', role: 'status' }, this.#texts.covered))
    }
  }

  /** Leaves nothing of it. */
  stop(): void {
    this.#vault?.close()
    this.#vault = undefined
    if (this.#stage.kind === 'handing') this.#stage.handOver.close()
    this.#stage = { kind: 'wish' }
    this.#onPaper = []
  }

  render(): HTMLElement {
    const { title, lead, before } = this.#texts
    const isAtStart = this.#stage.kind === 'wish'
    return h(
      'div',
      { class: `gate ceremony ${this.#stage.kind}` },
      h('h1', { tabindex: -1 }, title),
      isAtStart ? h('p', { class: 'lead' }, lead) : undefined,
      isAtStart ? h('p', { class: 'warning' }, icon('bad'), h('span', {}, before)) : undefined,
      this.#said,
      this.#done(),
      ...this.#parts(),
    )
  }

  get #texts() {
    return this.#context.texts.ceremony
  }

  /** What is on paper already. */
  #done(): HTMLElement | undefined {
    if (this.#stage.kind !== 'handing' || this.#onPaper.length === 0) return undefined
    return h(
      'ul',
      { class: 'files on-paper', 'aria-label': this.#texts.onPaper },
      ...this.#onPaper.map((title) =>
        h('li', { class: 'file' }, icon('good'), h('span', { class: 'file-text' }, h('strong', {}, title))),
      ),
    )
  }

  #parts(): HTMLElement[] {
    switch (this.#stage.kind) {
      case 'wish':
        return [
          this.#form.render(),
          link(this.#texts.toOpening, () => {
            this.#events.end()
          }),
        ]
      case 'making':
        return [steps(this.#stage.element()), this.#stopLink()]
      case 'handing':
        return [steps(this.#stage.handOver.render()), this.#stopLink()]
      case 'made':
        return [
          steps(
            outcomeStep(this.#context, this.#stage.outcome, (name) => {
              this.#isSaved ||= name === 'recovery-key.json'
              this.#said.replaceChildren()
            }),
          ),
          h(
            'button',
            {
              type: 'button',
              class: 'wide',
              onclick: () => {
                this.#close()
              },
            },
            this.#texts.close,
          ),
        ]
    }
  }

  async #make(wish: CeremonyWish): Promise<void> {
    const ways = [wish.passwordWords, wish.scheme].filter((way) => way !== undefined).length
    const making = makingStep(this.#context, 2 * ways)
    const vault = startVault(making.progress)
    this.#vault = vault
    this.#said.replaceChildren()
    this.#go({ kind: 'making', element: making.element })
    try {
      const key = await vault.call('prepareCeremony', wish)
      if (this.#vault !== vault) return
      this.#handNext(vault, key, [
        ...(wish.passwordWords === undefined ? [] : ['password' as const]),
        ...(key.shares?.shares.map(({ number }) => number) ?? []),
      ])
    } catch (error) {
      this.stop()
      this.#showError(error)
    }
  }

  #handNext(vault: VaultClient, key: KeyOnCards, left: readonly ('password' | number)[]): void {
    const [next, ...others] = left
    if (next === undefined) {
      void this.#finish(vault)
      return
    }
    const handOver = new HandOver(
      this.#context,
      () =>
        next === 'password'
          ? handPassword(this.#context, vault)
          : handCard(this.#context, vault, { key, number: next, openerSha256: this.#openerSha256 }),
      (title) => {
        this.#onPaper.push(title)
        this.#context.announce(this.#texts.proven(title))
        this.#handNext(vault, key, others)
      },
    )
    this.#said.replaceChildren()
    this.#go({ kind: 'handing', handOver })
  }

  async #finish(vault: VaultClient): Promise<void> {
    try {
      const openers = [{ name: 'open.html', sha256: this.#openerSha256 }]
      const outcome = await vault.call('finishCeremony', openers)
      this.stop()
      this.#go({ kind: 'made', outcome })
    } catch (error) {
      this.stop()
      this.#showError(error)
    }
  }

  #go(stage: Stage): void {
    this.#stage = stage
    this.#events.redraw()
    document.querySelector<HTMLElement>('.ceremony .step h2')?.focus()
    scrollTo(0, 0)
  }

  #close(): void {
    if (!this.#isSaved) {
      this.#said.replaceChildren(problem(this.#texts.notSaved))
      this.#isSaved = true
      scrollTo(0, 0)
      return
    }
    this.stop()
    this.#events.end(this.#texts.ended)
  }

  #stopLink(): HTMLElement {
    return link(this.#texts.stop, () => {
      const { stop, stopSure, goOn, stopped } = this.#texts
      const sure = () => {
        dialog.close()
        this.stop()
        this.#events.end(stopped)
      }
      const dialog = openDialog(
        stop,
        goOn,
        h('p', {}, stopSure),
        h(
          'div',
          { class: 'buttons' },
          h('button', { type: 'button', class: 'primary', onclick: sure }, stop),
          h(
            'button',
            {
              type: 'button',
              onclick: () => {
                dialog.close()
              },
            },
            goOn,
          ),
        ),
      )
    })
  }

  #showError(error: unknown): void {
    const { text, detail } = explain(error, this.#context.texts)
    this.#said.replaceChildren(problem(text, detail))
    this.#events.redraw()
    scrollTo(0, 0)
  }
}

function steps(...children: readonly HTMLElement[]): HTMLElement {
  return h('div', { class: 'steps' }, ...children)
}

function link(label: string, onclick: () => void): HTMLElement {
  return h('p', { class: 'other-way' }, h('button', { type: 'button', class: 'plain', onclick }, label))
}
