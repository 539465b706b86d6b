import type { CardsRequest } from '../../app/hold-ceremony.ts'
import { cardOf } from '../../bundle/shares/cards/card-of.ts'
import { renderCardHtml } from '../../bundle/shares/cards/render-html.ts'
import { type Paper, pdfShowsNames, renderCardPdf } from '../../bundle/shares/cards/render-pdf.ts'
import type { Language } from '../../core/language.ts'
import type { Guardian } from '../../ports/guardian.ts'
import type { Context } from '../context.ts'

export interface CardOptions {
  readonly cardLanguage: Language
  readonly paper: Paper
}

/** A card for each share, as PDF and as HTML: `card-3.pdf`, `card-3.html`. */
export function cardsRequest(
  { terminal, services }: Context,
  folder: string,
  { cardLanguage, paper }: CardOptions,
  keepers: ReadonlyMap<number, Guardian>,
): CardsRequest {
  return {
    folder,
    async files(shares, key, known) {
      const openerSha256 = await services.openerSha256('open.html')
      const openMjsSha256 = await services.openerSha256('open.mjs')
      const files = new Map<string, Uint8Array>()
      for (const share of shares) {
        const guardian = keepers.get(share.number)?.name ?? ''
        const onCards = { ...key, shares: key.quorum?.shares }
        const card = { ...cardOf(share, onCards, guardian), ...known, openerSha256, openMjsSha256 }
        files.set(`card-${share.number}.pdf`, await renderCardPdf(card, cardLanguage, paper))
        files.set(`card-${share.number}.html`, new TextEncoder().encode(renderCardHtml(card, cardLanguage)))
        if (pdfShowsNames(card)) continue
        const note = `card ${share.number} as PDF cannot show all letters of its names: print the HTML one.`
        terminal.note(`${terminal.noteStyle.yellow('note:')} ${note}`)
      }
      return files
    },
  }
}
