import type { GlassProfile } from '../../../ports/catalogue.ts'
import type { CeremonyWish } from '../../protocol.ts'
import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { GroupRows, select } from './group-rows.ts'
import { problem } from './hand-over.ts'

const ways = ['password', 'quorum', 'both'] as const
type Way = (typeof ways)[number]

/** Of the words that are drawn from: 7,772 of them. */
const bitsOfWord = Math.log2(7772)
const passwordLengths = [7, 8, 9, 10]

/** What is to be made: for which instance, what opens it, and what kind of key. */
export class WishForm {
  readonly #context: PageContext
  readonly #wished: (wish: CeremonyWish) => void
  readonly #name = h('input', {
    id: 'instance',
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 200,
    'aria-describedby': 'instance-hint',
  })
  readonly #groups = new GroupRows()
  readonly #ways = h('div', { class: 'entry' })
  readonly #problem = h('div')
  #way: Way = 'quorum'
  #passwordWords = 7
  #profile: GlassProfile = 'classic'

  constructor(context: PageContext, wished: (wish: CeremonyWish) => void) {
    this.#context = context
    this.#wished = wished
  }

  focus(): void {
    this.#name.focus()
  }

  render(): HTMLElement {
    const { ceremony: said } = this.#context.texts
    this.#problem.replaceChildren()
    this.#showWays()
    return h(
      'form',
      {
        class: 'steps',
        onsubmit: (event: Event) => {
          event.preventDefault()
          this.#submit()
        },
      },
      step(
        'for-whom',
        said.forWhom,
        h(
          'div',
          { class: 'field' },
          h('label', { for: 'instance' }, said.instance),
          this.#name,
          h('p', { class: 'quiet', id: 'instance-hint' }, said.instanceHint),
        ),
      ),
      step('opens', said.opens, this.#ways),
      step(
        'profile',
        said.profile,
        select<GlassProfile>(
          said.profile,
          [
            { value: 'classic', label: said.classic },
            { value: 'pq', label: said.pq },
          ],
          this.#profile,
          (profile) => {
            this.#profile = profile
          },
          'unseen',
        ),
        this.#problem,
        h('button', { class: 'primary wide' }, said.make),
      ),
    )
  }

  #showWays(): void {
    const { texts } = this.#context
    const { ceremony: said } = texts
    const way = (kind: Way) =>
      h(
        'label',
        { class: 'way' },
        h('input', {
          type: 'radio',
          name: 'opened-by',
          value: kind,
          checked: kind === this.#way,
          onchange: () => {
            this.#way = kind
            this.#showWays()
            this.#ways.querySelector<HTMLElement>('input:checked')?.focus()
          },
        }),
        h('span', {}, said.way[kind]),
      )
    this.#ways.replaceChildren(
      h('fieldset', { class: 'ways three' }, h('legend', { class: 'unseen' }, said.opens), ...ways.map(way)),
      h('p', { class: 'quiet' }, said.wayHint[this.#way]),
      this.#way === 'password' ? '' : this.#groups.render(texts),
      ...(this.#way === 'quorum' ? [] : this.#passwordPart()),
    )
  }

  #passwordPart(): HTMLElement[] {
    const { ceremony: said } = this.#context.texts
    return [
      select(
        said.passwordWords,
        passwordLengths.map((words) => ({
          value: words,
          label: said.passwordWordsOption(words, Math.floor(words * bitsOfWord)),
        })),
        this.#passwordWords,
        (words) => {
          this.#passwordWords = words
        },
      ),
      h('p', { class: 'quiet' }, said.passwordMade),
    ]
  }

  #submit(): void {
    const { texts, now } = this.#context
    const { ceremony: said } = texts
    const instanceName = this.#name.value.trim()
    // What steers a terminal or turns text around is in no name.
    if (instanceName === '' || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(instanceName)) {
      this.#problem.replaceChildren(problem(said.instanceMissing))
      this.#name.focus()
      return
    }
    if (this.#way !== 'password' && !this.#groups.areNamed) {
      this.#problem.replaceChildren(problem(said.groupNames))
      return
    }
    this.#problem.replaceChildren()
    this.#wished({
      profile: this.#profile,
      instanceName,
      passwordWords: this.#way === 'quorum' ? undefined : this.#passwordWords,
      scheme: this.#way === 'password' ? undefined : this.#groups.scheme(texts),
      heldAt: new Date(now()),
    })
  }
}

function step(id: string, title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return h('section', { class: 'step', 'aria-labelledby': id }, h('h2', { id }, title), ...children)
}
