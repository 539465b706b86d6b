import type { DrillAnswer } from '../../protocol.ts'
import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { icon } from '../icons.ts'
import { saveFile } from '../save-file.ts'
import { SaidFailure, startVault, type VaultClient } from '../vault-client.ts'
import { CardSet } from './cards/card-set.ts'
import { scanCard } from './cards/scan-card.ts'
import { WordField } from './cards/word-field.ts'
import { explain } from './explain.ts'

/** A drill: who keeps a card shows that it is still good, and opens no secret. */
export class DrillStep {
  readonly #context: PageContext
  readonly #drill: Blob
  readonly #about = h('p', { class: 'hint' })
  readonly #outcome = h('div', { class: 'drill-outcome' })

  constructor(context: PageContext, drill: Blob) {
    this.#context = context
    this.#drill = drill
  }

  render(): HTMLElement {
    const { texts } = this.#context
    const field = new WordField(
      texts,
      (words) => void this.#answer(words, field),
      () => {
        this.#outcome.querySelector('.problem')?.remove()
      },
    )
    void withVault((vault) => vault.call('drill', this.#drill)).then(
      ({ instance, generation, expires }) => {
        this.#about.textContent = texts.drillAbout(instance, generation, texts.time(expires))
      },
      (error: unknown) => {
        this.#showError(error)
      },
    )
    const scan = () => {
      scanCard(this.#context, (words) => {
        void this.#answer(words, field)
        return true
      })
    }
    return h(
      'section',
      { class: 'step', 'aria-labelledby': 'drill-step' },
      h('h2', { id: 'drill-step' }, texts.drillStep),
      this.#about,
      h('p', { class: 'quiet' }, texts.drillLead),
      field.element,
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', onclick: scan }, icon('camera'), texts.scan),
      ),
      this.#outcome,
    )
  }

  async #answer(words: string, field: WordField): Promise<void> {
    const read = new CardSet([], undefined).take(words, this.#context.texts)
    if (read.kind === 'refused') {
      this.#showProblem(read.text)
      return
    }
    try {
      const answer = await withVault((vault) => vault.call('answerByCard', this.#drill, words))
      field.text = ''
      this.#showOutcome(answerCode(this.#context, answer))
    } catch (error) {
      this.#showError(error)
    }
  }

  #showError(error: unknown): void {
    const { text, detail } = explain(error, this.#context.texts)
    // To a card that is not asked all is said by then.
    const isSaid = error instanceof SaidFailure && error.said.code === 'KEY_WRONG'
    this.#showProblem(text, isSaid ? undefined : detail)
  }

  #showProblem(text: string, detail?: string): void {
    const more = detail === undefined ? undefined : h('p', { class: 'quiet' }, detail)
    this.#showOutcome(h('div', { class: 'problem boxed', role: 'alert' }, h('p', {}, text), more))
  }

  /** It stands below the twenty words: out of sight on a small screen. */
  #showOutcome(outcome: HTMLElement): void {
    this.#outcome.replaceChildren(outcome)
    this.#outcome.scrollIntoView({ block: 'nearest' })
  }
}

/** Large, as it is read over the phone. */
export function answerCode({ texts }: PageContext, { code, card, file }: DrillAnswer): HTMLElement {
  const save = () => {
    saveFile(card === undefined ? 'drill-answer.json' : `drill-answer-${card}.json`, file)
  }
  return h(
    'div',
    { class: 'drill-answer', role: 'status' },
    h('p', {}, card === undefined ? texts.drillWhole : texts.drillCard(card)),
    h('output', { class: 'drill-code' }, code),
    h('p', { class: 'quiet' }, texts.drillRead),
    h('button', { type: 'button', onclick: save }, icon('download'), texts.drillSave),
  )
}

async function withVault<T>(work: (vault: VaultClient) => Promise<T>): Promise<T> {
  const vault = startVault(() => undefined)
  try {
    return await work(vault)
  } finally {
    vault.close()
  }
}
