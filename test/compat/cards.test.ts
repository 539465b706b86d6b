import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { renderCardHtml } from '../../src/bundle/shares/cards/render-html.ts'
import { renderCardPdf } from '../../src/bundle/shares/cards/render-pdf.ts'
import type { ShareCard } from '../../src/bundle/shares/cards/share-card.ts'
import { splitSecret } from '../../src/crypto/slip39/split-secret.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ledgerSigner = 'SHA256:qUQqP3mVZ2Yh3ZrJ0yRzEw1nQxkA5vYt8cLmB7dFsGo'
const names = {
  short: { instanceName: 'bastion-sp', guardian: 'Ana Beatriz de Souza Magalhães', group: 'board' },
  long: {
    instanceName: 'cofre-producao.datacenter-sao-paulo.example.com.br',
    guardian: 'Maria da Conceição Albuquerque Cavalcanti de Holanda e Vasconcelos',
    group: 'Diretoria de Operações e Infraestrutura',
  },
}

function newCard(kind: keyof typeof names, secretBytes: number): ShareCard {
  const { group: name, ...others } = names[kind]
  const group = { threshold: 2, count: 3 }
  const [words] = splitSecret(new Uint8Array(secretBytes), { groupThreshold: 1, groups: [group] }).flat()
  if (words === undefined) throw new Error('there is no share')
  return {
    ...others,
    words,
    number: 1,
    count: 3,
    heldAt: new Date('2026-11-27T12:00:00Z'),
    generation: 2,
    identifier: 7,
    group: { name, ...group },
    groupThreshold: 1,
    groupCount: 2,
    fingerprint: 'b43ceb7e57a0ea87'.repeat(4),
    ledgerSigner,
    openerSha256: '3f2a91bc5d7e6608'.repeat(4),
    openMjsSha256: '0c11d4e87f3b92a6'.repeat(4),
  }
}

const cases = [
  ['short', 16, 'en', 'a4'],
  ['short', 16, 'pt-BR', 'letter'],
  ['long', 16, 'pt-BR', 'a4'],
  ['long', 32, 'en', 'letter'],
  ['long', 32, 'pt-BR', 'letter'],
] as const

const read = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString()

describe.skipIf(programMissing('pdftoppm') || programMissing('zbarimg'))('a card as PDF', () => {
  test.each(cases)('(%s names, %i bytes, %s, %s) shows its words to people and cameras', async (...which) => {
    await using folder = await temporaryFolder()
    const [kind, secretBytes, language, paper] = which
    const card = newCard(kind, secretBytes)
    const words = card.words.reveal()
    const pdf = join(folder.path, 'card.pdf')

    writeFileSync(pdf, await renderCardPdf(card, language, paper))

    const numbered = words.split(' ').map((word, at) => `${at + 1} ${word}`)
    const text = read('pdftotext', '-raw', pdf, '-').replace(/\s+/g, ' ')
    expect(text).toContain(numbered.join(' '))
    expect(text).toContain(card.guardian.slice(0, 20))
    expect(text).toContain('b43c eb7e 57a0 ea87')
    expect(text).toContain(ledgerSigner)
    expect(readCode(pdf, folder.path)).toBe(words)
    expect(read('pdfinfo', pdf)).toMatch(paper === 'a4' ? /Pages: +1\n.*\(A4\)/s : /Pages: +1\n.*\(letter\)/s)
    expect(lowestLine(pdf)).toBeLessThan(paper === 'a4' ? 842 - 20 : 792 - 20)
  })

  test.each(cases)(
    '(%s names, %i bytes, %s, %s) has room for a fingerprint that is not known yet',
    async (...which) => {
      await using folder = await temporaryFolder()
      const [kind, secretBytes, language, paper] = which
      const card = { ...newCard(kind, secretBytes), ledgerSigner: undefined }
      const pdf = join(folder.path, 'card.pdf')

      writeFileSync(pdf, await renderCardPdf(card, language, paper))

      expect(read('pdftotext', '-raw', pdf, '-')).toMatch(/^SHA256: _{72}$/m)
      expect(readCode(pdf, folder.path)).toBe(card.words.reveal())
      expect(lowestLine(pdf)).toBeLessThan(paper === 'a4' ? 842 - 20 : 792 - 20)
    },
  )
})

describe.skipIf(programMissing('chromium') || programMissing('zbarimg'))('a card as HTML', () => {
  test.each(cases.slice(1))(
    '(%s names, %i bytes, %s) is one sheet of paper in a browser',
    async (...which) => {
      await using folder = await temporaryFolder()
      const [kind, secretBytes, language] = which
      const card = newCard(kind, secretBytes)
      const [html, pdf] = [join(folder.path, 'card.html'), join(folder.path, 'card.pdf')]
      writeFileSync(html, renderCardHtml(card, language))

      execFileSync(
        'chromium',
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          `--user-data-dir=${join(folder.path, 'profile')}`,
          '--no-pdf-header-footer',
          `--print-to-pdf=${pdf}`,
          `file://${html}`,
        ],
        { stdio: 'ignore' },
      )

      expect(read('pdfinfo', pdf)).toMatch(/Pages: +1\n/)
      const text = read('pdftotext', pdf, '-').split(/\s+/)
      expect(text).toContain(ledgerSigner)
      for (const word of card.words.reveal().split(' ')) expect(text).toContain(word)
      expect(readCode(pdf, folder.path)).toBe(card.words.reveal())
    },
  )
})

/** As printed and photographed: 150 dots an inch. */
function readCode(pdf: string, folder: string): string {
  execFileSync('pdftoppm', ['-r', '150', '-png', '-singlefile', pdf, join(folder, 'page')])
  return read('zbarimg', '-q', '--raw', join(folder, 'page.png')).trim()
}

/** Of all words on the page, the lowest end, in points from the top. */
function lowestLine(pdf: string): number {
  const ends = [...read('pdftotext', '-bbox', pdf, '-').matchAll(/yMax="([\d.]+)"/g)]
  return Math.max(...ends.map(([, end]) => Number(end)))
}
