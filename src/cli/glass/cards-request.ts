import type { CardsRequest } from '../../app/hold-ceremony.ts'
import type { NewShare } from '../../bundle/ceremony/make-key.ts'
import type { RecoveryKey } from '../../bundle/ceremony/recovery-key.ts'
import { renderCardHtml } from '../../bundle/shares/cards/render-html.ts'
import { type Paper, pdfShowsNames, renderCardPdf } from '../../bundle/shares/cards/render-pdf.ts'
import type { ShareCard } from '../../bundle/shares/cards/share-card.ts'
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
        const card = { ...cardOf(share, key, guardian), ...known, openerSha256, openMjsSha256 }
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

function cardOf(
  { number, group, words }: NewShare,
  { quorum, fingerprint, heldAt, instanceName }: RecoveryKey,
  guardian: string,
): ShareCard {
  const list = quorum?.shares
  return {
    words,
    number,
    count: list?.shares.length ?? 0,
    instanceName: instanceName ?? '',
    guardian,
    heldAt,
    identifier: list?.identifier ?? 0,
    group: list?.groups[group] ?? { name: '', threshold: 0, count: 0 },
    groupThreshold: list?.groupThreshold ?? 1,
    groupCount: list?.groups.length ?? 1,
    fingerprint,
  }
}
