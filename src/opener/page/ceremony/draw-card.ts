import { cardMarkup, type Markup } from '../../../bundle/shares/cards/card-markup.ts'
import { cardStyle } from '../../../bundle/shares/cards/card-style.ts'
import type { ShareCard } from '../../../bundle/shares/cards/share-card.ts'
import type { Language } from '../../../core/language.ts'
import { h } from '../element.ts'

const namespaces = { html: 'http://www.w3.org/1999/xhtml', svg: 'http://www.w3.org/2000/svg' } as const

/**
 * A card for the printer, on no screen: all that the page prints while it is in it. In a shadow, so that its style and the page's keep out of
 * each other's way; made of elements, since the page's policy takes no markup.
 */
export function drawCard(card: ShareCard, language: Language): HTMLElement {
  const sheet = h('div', { class: 'sheet', lang: language })
  const shadow = sheet.attachShadow({ mode: 'open' })
  const style = new CSSStyleSheet()
  style.replaceSync(cardStyle)
  shadow.adoptedStyleSheets = [style]
  shadow.append(drawn(cardMarkup(card, language)))
  return sheet
}

function drawn(markup: Markup): Node {
  if (typeof markup === 'string') return document.createTextNode(markup)
  const { tag, attributes, children } = markup
  const element = document.createElementNS(
    tag === 'svg' || tag === 'path' ? namespaces.svg : namespaces.html,
    tag,
  )
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children.map(drawn))
  return element
}
