import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderCardPdf } from '../../../src/bundle/shares/cards/render-pdf.ts'
import { Secret } from '../../../src/core/secret.ts'

const [width, height] = [1280, 960]

/**
 * A film for Chromium's camera (`--use-file-for-fake-video-capture`): the middle of a card with these words, as it is printed, held still
 * at 180 dots an inch.
 *
 * @returns its path
 */
export async function filmCard(words: string, folder: string): Promise<string> {
  const [pdf, picture, film] = ['card.pdf', 'card', 'card.y4m'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(pdf, await renderCardPdf(cardWith(words), 'en'))
  const part = ['-x', '100', '-y', '800', '-W', `${width}`, '-H', `${height}`]
  execFileSync('pdftoppm', ['-r', '180', '-gray', '-singlefile', ...part, pdf, picture])
  const grey = (await readFile(`${picture}.pgm`)).subarray(-width * height)
  const noColours = Buffer.alloc((width * height) / 2, 128)
  const frame = [Buffer.from('FRAME\n'), grey, noColours]
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`)
  await writeFile(film, Buffer.concat([head, ...frame, ...frame]))
  return film
}

function cardWith(words: string) {
  return {
    words: new Secret(words),
    number: 1,
    count: 3,
    instanceName: 'bastion',
    guardian: 'Ana Beatriz de Souza Magalhães',
    heldAt: new Date('2026-11-27T12:00:00Z'),
    generation: 2,
    identifier: 7,
    group: { name: 'board', threshold: 2, count: 3 },
    groupThreshold: 1,
    groupCount: 1,
    fingerprint: 'b43ceb7e57a0ea87'.repeat(4),
    ledgerSigner: 'SHA256:qUQqP3mVZ2Yh3ZrJ0yRzEw1nQxkA5vYt8cLmB7dFsGo',
    openerSha256: '3f2a91bc5d7e6608'.repeat(4),
    openMjsSha256: '0c11d4e87f3b92a6'.repeat(4),
  }
}
