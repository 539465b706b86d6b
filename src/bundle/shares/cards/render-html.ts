import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '@scure/base'
import type { Language } from '../../../core/language.ts'
import { cardMarkup, type Markup } from './card-markup.ts'
import { cardStyle } from './card-style.ts'
import type { ShareCard } from './share-card.ts'
import { cardText } from './write-card-text.ts'

/**
 * The card as one HTML page that needs nothing else, fetches nothing and runs nothing; it prints on one sheet of A4 or Letter. In memory:
 * whoever writes it to a file has written a secret.
 */
export function renderCardHtml(card: ShareCard, language: Language): string {
  const { documentTitle } = cardText(card, language)
  const styleHash = base64.encode(sha256(new TextEncoder().encode(cardStyle)))
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escape(documentTitle)}</title>
<style>${cardStyle}</style>
</head>
<body>
${written(cardMarkup(card, language))}
</body>
</html>
`
}

function written(markup: Markup): string {
  if (typeof markup === 'string') return escape(markup)
  const { tag, attributes, children } = markup
  const named = Object.entries(attributes).map(([name, value]) => ` ${name}="${escape(value)}"`)
  return `<${tag}${named.join('')}>${children.map(written).join('')}</${tag}>`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
