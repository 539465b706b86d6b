import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '@scure/base'
import type { Language } from '../../../core/language.ts'
import { cardStyle } from './card-style.ts'
import type { CardText } from './card-text.ts'
import { qrCodeOf } from './qr-runs.ts'
import type { ShareCard } from './share-card.ts'
import { cardText } from './write-card-text.ts'

/**
 * The card as one HTML page that needs nothing else, fetches nothing and runs nothing; it prints on one sheet of A4 or Letter. In memory:
 * whoever writes it to a file has written a secret.
 */
export function renderCardHtml(card: ShareCard, language: Language): string {
  const text = cardText(card, language)
  const all = card.words.reveal().split(' ')
  const styleHash = base64.encode(sha256(new TextEncoder().encode(cardStyle)))
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escape(text.documentTitle)}</title>
<style>${cardStyle}</style>
</head>
<body>
<main${needsRoom(card) ? ' class="dense"' : ''}>
<header><p class="kicker">${escape(text.kicker)}</p><p class="brand">Redoma</p><h1>${escape(text.title)}</h1></header>
<dl class="facts">
${text.facts.map(({ label, value }) => `<div><dt>${escape(label)}</dt><dd>${escape(value)}</dd></div>`).join('\n')}
</dl>
<section class="words">
<h2>${escape(text.wordsTitle)}</h2><p class="note">${escape(text.wordsNote)}</p>
<ol${all.length > 20 ? ' class="many"' : ''}>
${words(all)}
</ol>
</section>
<div class="columns">
<figure>${qrCode(card, text)}<figcaption>${escape(text.qrCaption)}</figcaption></figure>
${help(text)}
</div>
<section class="never">
<h2>${escape(text.never.title)}</h2>
<ul>
${list(text.never.rules)}
</ul>
<h2>${escape(text.lost.title)}</h2>
<p>${escape(text.lost.text)}</p>
</section>
<footer>
${text.hashes.map(({ label, groups }) => `<div><p>${escape(label)}</p><code>${groups.join(' ')}</code></div>`).join('\n')}
</footer>
</main>
</body>
</html>
`
}

/** Such a card is printed a little smaller, or it would take two sheets. */
function needsRoom({ words, instanceName, guardian, group }: ShareCard): boolean {
  const isMore = words.reveal().split(' ').length > 20
  return isMore || [instanceName, guardian, group.name].some((name) => name.length > 32)
}

function words(all: readonly string[]): string {
  return all.map((word) => `<li><span translate="no">${escape(word)}</span></li>`).join('\n')
}

function qrCode(card: ShareCard, text: CardText): string {
  const { size, runs } = qrCodeOf(card.words.reveal())
  const path = runs.map(({ x, y, length }) => `M${x} ${y}h${length}v1h-${length}z`).join('')
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${escape(text.qrCaption)}" shape-rendering="crispEdges"><path d="${path}"/></svg>`
}

function help({ what, emergency }: CardText): string {
  return `<section class="help">
<h2>${escape(what.title)}</h2>
<p>${escape(what.text)}</p>
<h2>${escape(emergency.title)}</h2>
<ol>
${list(emergency.steps)}
</ol>
<p class="note">${escape(emergency.otherwise)}</p>
</section>`
}

function list(items: readonly string[]): string {
  return items.map((item) => `<li>${escape(item)}</li>`).join('\n')
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
