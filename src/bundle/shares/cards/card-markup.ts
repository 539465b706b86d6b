import type { Language } from '../../../core/language.ts'
import type { CardText } from './card-text.ts'
import { qrCodeOf } from './qr-runs.ts'
import type { ShareCard } from './share-card.ts'
import { cardText } from './write-card-text.ts'

/** A part of a card as a browser shows it: text, or an element. Written as HTML, or made into elements of a page, it is the same card. */
export type Markup =
  | string
  | {
      readonly tag: string
      readonly attributes: Readonly<Record<string, string>>
      readonly children: readonly Markup[]
    }

/** What the card shows, in one element, for `cardStyle`. */
export function cardMarkup(card: ShareCard, language: Language): Markup {
  const text = cardText(card, language)
  const all = card.words.reveal().split(' ')
  return element(
    'main',
    needsRoom(card) ? { class: 'dense' } : {},
    element(
      'header',
      {},
      element('p', { class: 'kicker' }, text.kicker),
      element('p', { class: 'brand' }, 'Redoma'),
      element('h1', {}, text.title),
    ),
    element(
      'dl',
      { class: 'facts' },
      ...text.facts.map(({ label, value }) =>
        element('div', {}, element('dt', {}, label), element('dd', {}, value)),
      ),
    ),
    element(
      'section',
      { class: 'words' },
      element('h2', {}, text.wordsTitle),
      element('p', { class: 'note' }, text.wordsNote),
      element(
        'ol',
        all.length > 20 ? { class: 'many' } : {},
        ...all.map((word) => element('li', {}, element('span', { translate: 'no' }, word))),
      ),
    ),
    element(
      'div',
      { class: 'columns' },
      element('figure', {}, qrCode(card, text), element('figcaption', {}, text.qrCaption)),
      help(text),
    ),
    never(text),
    element(
      'footer',
      {},
      ...text.hashes.map(({ label, groups }) =>
        element('div', {}, element('p', {}, label), element('code', {}, groups.join(' '))),
      ),
    ),
  )
}

/** Such a card is printed a little smaller, or it would take two sheets. */
function needsRoom({ words, instanceName, guardian, group }: ShareCard): boolean {
  const isMore = words.reveal().split(' ').length > 20
  return isMore || [instanceName, guardian, group.name].some((name) => name.length > 32)
}

function qrCode(card: ShareCard, { qrCaption }: CardText): Markup {
  const { size, runs } = qrCodeOf(card.words.reveal())
  const path = runs.map(({ x, y, length }) => `M${x} ${y}h${length}v1h-${length}z`).join('')
  const attributes = {
    viewBox: `0 0 ${size} ${size}`,
    role: 'img',
    'aria-label': qrCaption,
    'shape-rendering': 'crispEdges',
  }
  return element('svg', attributes, element('path', { d: path }))
}

function help({ what, emergency }: CardText): Markup {
  return element(
    'section',
    { class: 'help' },
    element('h2', {}, what.title),
    element('p', {}, what.text),
    element('h2', {}, emergency.title),
    element('ol', {}, ...list(emergency.steps)),
    element('p', { class: 'note' }, emergency.otherwise),
  )
}

function never({ never: { title, rules }, lost }: CardText): Markup {
  return element(
    'section',
    { class: 'never' },
    element('h2', {}, title),
    element('ul', {}, ...list(rules)),
    element('h2', {}, lost.title),
    element('p', {}, lost.text),
  )
}

function list(items: readonly string[]): Markup[] {
  return items.map((item) => element('li', {}, item))
}

function element(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Markup[]
): Markup {
  return { tag, attributes, children }
}
