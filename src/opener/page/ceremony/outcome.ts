import type { CeremonyOutcome } from '../../protocol.ts'
import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { icon } from '../icons.ts'
import { saveFile } from '../save-file.ts'

/** The public files of a ceremony, and the value that tells them from somebody else's. `saved` hears of each. */
export function outcomeStep(
  { texts }: PageContext,
  { checkValue, fingerprint, files }: CeremonyOutcome,
  saved: (name: string) => void,
): HTMLElement {
  const said = texts.ceremony
  return h(
    'section',
    { class: 'step', 'aria-labelledby': 'outcome' },
    h('h2', { id: 'outcome', tabindex: -1 }, said.done),
    h('p', {}, said.doneLead),
    h('h3', {}, said.checkValue),
    digits(checkValue, 'check-value'),
    h('p', { class: 'quiet' }, said.checkValueHint),
    h('h3', {}, texts.fingerprint),
    digits(fingerprint, 'key-fingerprint'),
    h(
      'ul',
      { class: 'files' },
      ...files.map(({ name, content }) => {
        const onclick = () => {
          saveFile(name, content)
          saved(name)
        }
        const isFirst = name === 'recovery-key.json' ? 'primary' : ''
        return h(
          'li',
          { class: 'file' },
          icon('file'),
          h('span', { class: 'file-text' }, h('strong', {}, name)),
          h(
            'button',
            { type: 'button', class: `small ${isFirst}`, 'aria-label': said.save(name), onclick },
            icon('download'),
            texts.download,
          ),
        )
      }),
    ),
    h('p', { class: 'hint' }, said.next),
  )
}

/** In groups of four, to be compared with paper. */
function digits(hex: string, id: string): HTMLElement {
  const groups = hex.match(/.{4}/g) ?? []
  return h('code', { class: 'fingerprint', id }, ...groups.map((group) => h('span', {}, `${group} `)))
}
