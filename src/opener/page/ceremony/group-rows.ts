import type { NamedScheme } from '../../../bundle/ceremony/make-key.ts'
import { freshId, h } from '../element.ts'
import { icon } from '../icons.ts'
import type { Texts } from '../texts/english.ts'

const most = 16

interface Group {
  name: string
  threshold: number
  count: number
}

/** The groups of guardians, and how many cards of each are needed: whatever is chosen is a scheme that can be. */
export class GroupRows {
  readonly #place = h('div', { class: 'groups' })
  #groups: Group[] = [{ name: '', threshold: 3, count: 5 }]
  #needed = 1

  /** With the names that stand on the cards. */
  scheme({ ceremony }: Texts): NamedScheme {
    const isOne = this.#groups.length === 1
    const groups = this.#groups.map((group) => ({
      ...group,
      name: isOne ? ceremony.defaultGroup : group.name.trim(),
    }))
    return { groupThreshold: this.#needed, groups }
  }

  /** Whether each of several groups has a name of its own. */
  get areNamed(): boolean {
    const names = new Set(this.#groups.map(({ name }) => name.trim()))
    return this.#groups.length === 1 || (names.size === this.#groups.length && !names.has(''))
  }

  render(texts: Texts): HTMLElement {
    const { ceremony } = texts
    const isOne = this.#groups.length === 1
    const redraw = (focus: () => HTMLElement | null) => {
      this.render(texts)
      focus()?.focus()
    }
    const add = () => {
      this.#groups.push({ name: '', threshold: 2, count: 3 })
      this.#needed = this.#groups.length
      redraw(() => this.#place.querySelector('fieldset:last-of-type input'))
    }
    const all = this.#groups.length
    this.#place.replaceChildren(
      ...this.#groups.map((group, at) => this.#row(texts, group, at, redraw)),
      isOne
        ? ''
        : select(
            ceremony.groupsNeeded,
            upTo(all).map((needed) => ({
              value: needed,
              label: ceremony.groupsNeededOption(needed, all),
            })),
            this.#needed,
            (needed) => {
              this.#needed = needed
            },
          ),
      h('div', { class: 'buttons' }, ...(all < most ? [button(ceremony.addGroup, add)] : [])),
    )
    return this.#place
  }

  #row(
    texts: Texts,
    group: Group,
    at: number,
    redraw: (focus: () => HTMLElement | null) => void,
  ): HTMLElement {
    const { ceremony } = texts
    const isOne = this.#groups.length === 1
    const least = isOne ? 2 : 1
    group.count = Math.max(least, group.count)
    const thresholds = group.count === 1 ? [1] : upTo(group.count).slice(1)
    group.threshold = Math.min(Math.max(group.threshold, thresholds[0] ?? 1), group.count)
    const id = freshId()
    const name = h('input', {
      id,
      type: 'text',
      autocomplete: 'off',
      maxlength: 60,
      value: group.name,
      oninput: () => {
        group.name = name.value
      },
    })
    const remove = () => {
      this.#groups.splice(at, 1)
      this.#needed = this.#groups.length
      redraw(() => this.#place.querySelector('select'))
    }
    const counts = upTo(most).slice(least - 1)
    return h(
      'fieldset',
      { class: isOne ? 'group alone' : 'group' },
      h('legend', { class: 'unseen' }, ceremony.groupNumbered(at + 1)),
      isOne ? undefined : h('div', { class: 'field' }, h('label', { for: id }, ceremony.group), name),
      select(ceremony.needed, thresholds.map(plain), group.threshold, (value) => {
        group.threshold = value
      }),
      select(ceremony.of, counts.map(plain), group.count, (value) => {
        group.count = value
        redraw(() => this.#place.querySelectorAll('fieldset')[at]?.querySelectorAll('select')[1] ?? null)
      }),
      isOne
        ? undefined
        : h(
            'button',
            {
              type: 'button',
              class: 'icon-only',
              'aria-label': ceremony.removeGroup(at + 1),
              onclick: remove,
            },
            icon('remove'),
          ),
    )
  }
}

export interface Option<Value> {
  readonly value: Value
  readonly label: string
}

export function select<Value>(
  label: string,
  options: readonly Option<Value>[],
  chosen: Value,
  choose: (value: Value) => void,
  /** `unseen` where a title says the same. */
  labelClass = '',
): HTMLElement {
  const id = freshId()
  const field = h(
    'select',
    {
      id,
      onchange: () => {
        const option = options[field.selectedIndex]
        if (option !== undefined) choose(option.value)
      },
    },
    ...options.map((option) => h('option', { selected: option.value === chosen }, option.label)),
  )
  return h('div', { class: 'field' }, h('label', { for: id, class: labelClass }, label), field)
}

function button(label: string, onclick: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'small', onclick }, label)
}

function plain(value: number): Option<number> {
  return { value, label: String(value) }
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1)
}
