import type { Language } from '../../../core/language.ts'
import { widthOf } from '../pdf/fonts.ts'
import { newPage, type Page, type TextStyle } from '../pdf/page.ts'
import { isWinAnsi } from '../pdf/win-ansi.ts'
import { writePdf } from '../pdf/write-pdf.ts'
import type { CardText } from './card-text.ts'
import { qrCodeOf } from './qr-runs.ts'
import type { ShareCard } from './share-card.ts'
import { cardText } from './write-card-text.ts'

export type Paper = 'a4' | 'letter'

/** In points. */
const papers: Readonly<Record<Paper, { readonly width: number; readonly height: number }>> = {
  a4: { width: 595.28, height: 841.89 },
  letter: { width: 612, height: 792 },
}
const contentWidth = 503
const top = 36
const gap = 16
const columnGap = 20
/** 46 mm, nearly one for each module: a cheap camera reads it. The room around it is its quiet zone of four modules. */
const qrWidth = 130

const body: TextStyle = { font: 'Helvetica', size: 9 }
const small: TextStyle = { font: 'Helvetica', size: 7.5, grey: 0.35 }
const heading: TextStyle = { font: 'Helvetica-Bold', size: 10.5 }
const strong: TextStyle = { font: 'Helvetica-Bold', size: 11 }
const fixed: TextStyle = { font: 'Courier-Bold', size: 8.5 }

/**
 * The card as a PDF of one page. In memory: whoever writes it to a file has written a secret. Letters beyond those of Western Europe lose
 * their marks or become question marks; the HTML card shows all.
 */
export async function renderCardPdf(
  card: ShareCard,
  language: Language,
  paper: Paper = 'a4',
): Promise<Uint8Array> {
  const { width, height } = papers[paper]
  const text = cardText(card, language)
  const page = newPage(width, height)
  const left = (width - contentWidth) / 2
  let y = drawHead(page, left, text)
  y = drawFacts(page, left, y, text)
  y = drawWords(page, left, y, text, card.words.reveal().split(' '))
  y = Math.max(drawCode(page, left, y, text, card), drawHelp(page, left + qrWidth + columnGap, y, text))
  y = drawNever(page, left, y, text)
  y = drawHashes(page, left, y, text)
  const content = page.content(Math.min(1, (height - top) / y))
  return writePdf({ width, height, content }, text.documentTitle, language)
}

/** Whether the PDF shows all names letter by letter; else the HTML card is the one to give. */
export function pdfShowsNames({ instanceName, guardian, group }: ShareCard): boolean {
  return [instanceName, guardian, group.name].every(isWinAnsi)
}

function drawHead(page: Page, left: number, text: CardText): number {
  page.line(left, top, contentWidth, 3)
  const kicker: TextStyle = { font: 'Helvetica-Bold', size: 9, grey: 1 }
  page.rectangle(left, top, widthOf(text.kicker, kicker.font, kicker.size) + 14, 18, { fill: 0 })
  page.text(left + 7, top + 12.5, text.kicker, kicker)
  page.text(left, top + 46, text.title, { font: 'Helvetica-Bold', size: 28 })
  page.textBefore(left + contentWidth, top + 17, 'Redoma', { font: 'Helvetica-Bold', size: 9 })
  return top + 60
}

/** Two rows of three. */
function drawFacts(page: Page, left: number, y: number, text: CardText): number {
  const columns = [0, 0.38, 0.7].map((share) => left + share * contentWidth)
  const widths = [0.36, 0.3, 0.3].map((share) => share * contentWidth)
  let baseline = y + 8
  for (let row = 0; row < text.facts.length; row += columns.length) {
    const ends = text.facts.slice(row, row + columns.length).map(({ label, value }, column) => {
      const x = columns[column] ?? left
      page.text(x, baseline, label, small)
      return page.paragraph(x, baseline + 13, widths[column] ?? contentWidth, value, strong)
    })
    baseline = Math.max(...ends) + 5
  }
  return baseline
}

function drawWords(page: Page, left: number, y: number, text: CardText, words: readonly string[]): number {
  const [columns, between, height] = words.length > 20 ? [5, 3, 20] : [4, 5, 27]
  const width = (contentWidth - (columns - 1) * between) / columns
  page.text(left, y + 6, text.wordsTitle, heading)
  page.textBefore(left + contentWidth, y + 6, text.wordsNote, small)
  const first = y + 14
  for (const [index, word] of words.entries()) {
    const x = left + (index % columns) * (width + between)
    const boxTop = first + Math.floor(index / columns) * (height + between)
    const baseline = boxTop + height / 2 + 4.5
    page.rectangle(x, boxTop, width, height, { stroke: 0.45, thickness: 0.8 })
    page.textBefore(x + 17, baseline, String(index + 1), { font: 'Helvetica', size: 8, grey: 0.35 })
    page.text(x + 23, baseline, word, { font: 'Courier-Bold', size: 14 })
  }
  return first + Math.ceil(words.length / columns) * (height + between) + gap - between
}

function drawCode(page: Page, left: number, y: number, text: CardText, card: ShareCard): number {
  const { size, runs } = qrCodeOf(card.words.reveal())
  const module = qrWidth / size
  for (const run of runs) {
    // A little higher than a module, so that no line shows between rows.
    page.rectangle(left + run.x * module, y + run.y * module, run.length * module, module + 0.05, { fill: 0 })
  }
  page.text(left, y + qrWidth + 4 * module + 6, text.qrCaption, small)
  return y + qrWidth + 4 * module + gap
}

function drawHelp(page: Page, left: number, y: number, text: CardText): number {
  const width = contentWidth - qrWidth - columnGap
  page.text(left, y + 8, text.what.title, heading)
  let next = page.paragraph(left, y + 22, width, text.what.text, body) + 7
  page.text(left, next, text.emergency.title, heading)
  next = drawList(page, left, next + 14, width, text.emergency.steps, (at) => `${at + 1}.`)
  return page.paragraph(left, next + 1, width, text.emergency.otherwise, small) + 4
}

function drawNever(page: Page, left: number, y: number, text: CardText): number {
  const [padding, start] = [10, y + 17]
  const width = contentWidth - 2 * padding
  page.text(left + padding, start, text.never.title, heading)
  const next = drawList(page, left + padding, start + 14, width, text.never.rules, () => '×')
  page.text(left + padding, next + 6, text.lost.title, heading)
  const end = page.paragraph(left + padding, next + 19, width, text.lost.text, body)
  page.rectangle(left, y, contentWidth, end - y - 1, { stroke: 0, thickness: 1.5 })
  return end + gap
}

function drawList(
  page: Page,
  left: number,
  y: number,
  width: number,
  items: readonly string[],
  mark: (at: number) => string,
): number {
  const indent = 13
  return items.reduce((next, item, at) => {
    page.text(left, next, mark(at), { ...body, font: 'Helvetica-Bold' })
    return page.paragraph(left + indent, next, width - indent, item, body) + 2
  }, y)
}

/** Where they end. */
function drawHashes(page: Page, left: number, y: number, text: CardText): number {
  return text.hashes.reduce((next, { label, groups }) => {
    page.text(left, next, label, small)
    page.text(left, next + 11, groups.join(' '), fixed)
    return next + 25
  }, y)
}
