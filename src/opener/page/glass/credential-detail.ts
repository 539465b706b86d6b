import type { FactName, Shown } from '../../protocol.ts'
import { type Child, h } from '../element.ts'
import { icon } from '../icons.ts'
import { saveFile } from '../save-file.ts'
import { oneTimeCode } from './one-time-code.ts'
import { type SecretTools, secretValue } from './secret-value.ts'

const shownAtEnd: readonly FactName[] = ['folder', 'owner', 'created', 'changed']

/** One credential: what is wanted most comes first, and nothing secret is seen before somebody asks for it. */
export function credentialDetail(tools: SecretTools, shown: Shown, back: () => void): HTMLElement {
  const { texts } = tools.context
  const { at, kind } = shown
  const [early, late] = [false, true].map((isLate) =>
    shown.facts
      .filter(({ name }) => shownAtEnd.includes(name) === isLate)
      .map((fact) => factItem(tools, fact)),
  )
  return h(
    'article',
    { class: 'detail', 'aria-labelledby': 'detail-title' },
    h('button', { type: 'button', class: 'plain back', onclick: back }, icon('back'), texts.back),
    h(
      'header',
      { class: 'detail-head' },
      icon(kind),
      h(
        'div',
        {},
        h('h2', { id: 'detail-title', tabindex: -1 }, shown.title),
        h('p', { class: 'quiet' }, texts.kinds[kind]),
      ),
    ),
    h(
      'dl',
      { class: 'facts' },
      ...(early ?? []),
      shown.hasSecret
        ? item(texts.secrets[kind], secretValue(tools, at, { kind: 'secret' }, texts.secrets[kind]))
        : undefined,
      shown.hasTotp ? item(texts.code, oneTimeCode(tools, at)) : undefined,
      ...shown.fields.map(({ name, hidden }, index) =>
        item(
          name,
          hidden ? secretValue(tools, at, { kind: 'field', index }, name) : openField(tools, at, index, name),
        ),
      ),
      shown.hasNotes ? item(texts.notes, secretValue(tools, at, { kind: 'notes' }, texts.notes)) : undefined,
      shown.tags.length === 0
        ? undefined
        : item(texts.tags, h('ul', { class: 'tags' }, ...shown.tags.map((tag) => h('li', {}, tag)))),
      ...(late ?? []),
      shown.hasTotp ? item(texts.seed, secretValue(tools, at, { kind: 'totp' }, texts.seed)) : undefined,
    ),
    attachments(tools, shown),
    history(tools, shown),
  )
}

function item(name: string, ...value: readonly Child[]): HTMLElement {
  return h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, ...value))
}

function factItem(tools: SecretTools, { name, text }: Shown['facts'][number]): HTMLElement {
  const { texts } = tools.context
  if (name === 'created' || name === 'changed') return item(texts.facts[name], texts.time(text))
  return item(texts.facts[name], withCopy(tools, texts.facts[name], text))
}

/** An address is no link: to follow one would tell somebody that this page was read. */
function withCopy({ context: { texts }, clipboard }: SecretTools, label: string, text: string): HTMLElement {
  const onclick = () => void clipboard.copy(label, text)
  return h(
    'div',
    { class: 'secret' },
    h('span', { class: 'plain-value' }, text),
    h(
      'div',
      { class: 'buttons' },
      h(
        'button',
        { type: 'button', class: 'small', 'aria-label': texts.copyWhat(label), onclick },
        icon('copy'),
        texts.copy,
      ),
    ),
  )
}

function openField(tools: SecretTools, at: number, index: number, name: string): HTMLElement {
  const place = h('div')
  void tools.session.client.call('reveal', at, { kind: 'field', index }).then((text) => {
    place.replaceChildren(withCopy(tools, name, text))
  })
  return place
}

function attachments({ context: { texts }, session }: SecretTools, shown: Shown): HTMLElement | undefined {
  if (shown.attachments.length === 0) return undefined
  const files = shown.attachments.map(({ name, bytes }, index) => {
    const onclick = () =>
      void session.client.call('attachment', shown.at, index).then((content) => {
        saveFile(name, content)
      })
    return h(
      'li',
      { class: 'file' },
      icon('file'),
      h('span', { class: 'file-text' }, h('span', { class: 'file-name' }, name)),
      h('span', { class: 'quiet' }, texts.bytes(bytes)),
      h(
        'button',
        { type: 'button', class: 'small', 'aria-label': texts.saveWhat(name), onclick },
        icon('download'),
        texts.download,
      ),
    )
  })
  return h('section', {}, h('h3', {}, texts.attachments), h('ul', { class: 'files' }, ...files))
}

function history(tools: SecretTools, shown: Shown): HTMLElement | undefined {
  const { texts } = tools.context
  if (shown.history.length === 0) return undefined
  const values = h('dl', { class: 'facts' })
  const details = h(
    'details',
    { class: 'history' },
    h('summary', {}, icon('clock'), texts.history(shown.history.length)),
    h('p', { class: 'quiet' }, texts.historyHint),
    values,
  )
  // Made when they are looked at: there may be thousands.
  details.addEventListener('toggle', () => {
    if (!details.open || values.hasChildNodes()) return
    const items = shown.history.map(({ until }, index) =>
      item(
        texts.until(texts.time(until)),
        secretValue(tools, shown.at, { kind: 'former', index }, texts.former),
      ),
    )
    values.append(...items)
  })
  return details
}
