import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Language } from '../../../core/language.ts'
import { Secret } from '../../../core/secret.ts'
import { renderCardHtml } from './render-html.ts'
import { pdfShowsNames, renderCardPdf } from './render-pdf.ts'
import type { ShareCard } from './share-card.ts'
import { cardText } from './write-card-text.ts'

const words =
  'shadow pistol academic always adequate wildlife fancy gross oasis cylinder mustang wrist rescue view short owner flip making coding armed'
const card: ShareCard = {
  words: new Secret(words),
  number: 3,
  count: 7,
  instanceName: 'bastion-sp',
  guardian: 'Ana <b>de</b> Souza & "Filhos"',
  heldAt: new Date('2026-11-27T23:30:00Z'),
  generation: 2,
  identifier: 25_653,
  group: { name: 'board', threshold: 2, count: 3 },
  groupThreshold: 1,
  groupCount: 2,
  fingerprint: 'b43ceb7e57a0ea87'.repeat(4),
  ledgerSigner: 'SHA256:qUQqP3mVZ2Yh3ZrJ0yRzEw1nQxkA5vYt8cLmB7dFsGo',
  openerSha256: '3f2a91bc5d7e6608'.repeat(4),
  openMjsSha256: '0c11d4e87f3b92a6'.repeat(4),
}
const languages: readonly Language[] = ['en', 'pt-BR']

describe.each(languages)('a card in %s', (language) => {
  const html = renderCardHtml(card, language)

  test('says which card it is, of what, and how many are needed', () => {
    const { title, facts, hashes, what } = cardText(card, language)

    expect(title).toMatch(/3 (of|de) 7/)
    expect(facts.map(({ value }) => value)).toEqual([
      card.guardian,
      'bastion-sp',
      language === 'en' ? '2 of 3 of “board”, 1 of 2 groups' : '2 de 3 de “board”, 1 de 2 grupos',
      language === 'en' ? '2026-11-27' : '27/11/2026',
      '2',
      '25653',
    ])
    expect(what.text).toContain('bastion-sp')
    expect(hashes.map(({ groups }) => groups.join(''))).toEqual([
      card.fingerprint,
      card.ledgerSigner,
      card.openerSha256,
      card.openMjsSha256,
    ])
  })

  test('made where the instance is not known has a line to write the fingerprint of its ledger on', () => {
    const { hashes } = cardText({ ...card, ledgerSigner: undefined }, language)

    expect(hashes[1]?.label).toContain('redoma glass adopt')
    expect(hashes[1]?.groups.join(' ')).toMatch(/^SHA256: _{72}$/)
  })

  test('has the words once each, and in no title', () => {
    const shown = [...html.matchAll(/<span translate="no">([a-z]+)<\/span>/g)].map(([, word]) => word)

    expect(shown.join(' ')).toBe(words)
    expect(/<title>(.*)<\/title>/.exec(html)?.[1]).not.toMatch(
      new RegExp(`\\b(${words.replaceAll(' ', '|')})\\b`),
    )
  })

  test('is HTML that runs and fetches nothing, whatever the names are', () => {
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(html) ?? []
    const hash = createHash('sha256').update(style).digest('base64')

    expect(html).toContain(`content="default-src 'none'; style-src 'sha256-${hash}'; `)
    expect(html).not.toMatch(/<script|<b>|href=|src=|url\(|@import|style=/)
    expect(html).toContain('Ana &#60;b&#62;de&#60;/b&#62; Souza &#38; &#34;Filhos&#34;')
  })

  test('is a PDF whose table of objects is right, and the same bytes each time', async () => {
    const pdf = Buffer.from(await renderCardPdf(card, language)).toString('latin1')
    const [, table = ''] = /\nxref\n0 \d+\n(.*)trailer/s.exec(pdf) ?? []
    const offsets = table.match(/^\d{10}(?= 00000 n)/gm) ?? []
    const [, tableAt] = /startxref\n(\d+)/.exec(pdf) ?? []

    expect(offsets).toHaveLength(8)
    for (const [at, offset] of offsets.entries()) {
      expect(pdf.slice(Number(offset))).toMatch(new RegExp(`^${at + 1} 0 obj\n`))
    }
    expect(pdf.slice(Number(tableAt))).toMatch(/^xref\n/)
    expect(Buffer.from(await renderCardPdf(card, language)).toString('latin1')).toBe(pdf)
  })
})

test('letters that a PDF has no font for lose their marks or become question marks', async () => {
  const named = async (guardian: string): Promise<string> => {
    return Buffer.from(await renderCardPdf({ ...card, guardian }, 'en')).toString('latin1')
  }
  const shown = (text: string): string => `<${Buffer.from(text, 'latin1').toString('hex')}>`

  expect(await named('Łukasz Świętochłowski')).toContain(shown('Lukasz Swietochlowski'))
  expect(await named('João Günther')).toContain(shown('João Günther'))
  expect(await named('李 明')).toContain(shown('? ?'))
  expect(pdfShowsNames(card)).toBe(true)
  expect(pdfShowsNames({ ...card, guardian: '李 明' })).toBe(false)
})
