import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import encodeQR from 'qr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateIdentity } from '../../../src/crypto/age/recipients.ts'
import { browserNames, launchBrowser } from '../../support/opener/browsers.ts'
import { type QuorumFiles, writeQuorumFiles } from '../../support/opener/quorum-files.ts'
import { aPage, type OpenerPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let world: OpenerWorld
let quorum: QuorumFiles
let former: QuorumFiles

beforeAll(async () => {
  world = await openerWorld()
  quorum = await writeQuorumFiles(world.folder, world.files.pair)
  former = await writeQuorumFiles(world.folder, await generateIdentity('classic'), {
    generation: 1,
    isFormer: true,
  })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

describe.for(browserNames.filter((name) => !programMissing(name)))('cards in open.html, in %s', (name) => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser(name)
  })
  afterAll(async () => {
    await browser.close()
  })

  /** The page with the files of the quorum in it. */
  async function pageForCards(...more: readonly string[]): Promise<OpenerPage> {
    const page = await aPage(browser, world)
    await page.give(world.files.bundle, quorum.identity, quorum.shares, ...more)
    await page.text('#words-hint')
    return page
  }

  test('a quorum opens a bundle; what is still needed is said after each card', async () => {
    await using page = await pageForCards()
    const [first = '', , third = ''] = quorum.cards

    const before = await page.text('.cards .hint')
    await page.typeCard(first)
    await page.waitForTexts('.cards .file strong', ['Card 1, board'])
    const between = await page.text('.cards .hint')
    await page.clickNamed('Open')
    const tooEarly = await page.text('.opening p')
    await page.typeCard(third.replaceAll(/\b(\w{4})\w*/g, '$1'))
    await page.waitForTexts('.cards .file strong', ['Card 1, board', 'Card 3, board'])
    await page.clickNamed('Open')
    await page.text('#search')

    expect(before).toBe('Needed: 2 of the 3 cards of board.')
    expect(between).toBe('Still needed: 1 more card.')
    expect(tooEarly).toBe('More cards are needed before it opens. Still needed: 1 more card.')
    expect(await page.text('h1')).toBe('bastion')
  })

  test('a word that was mistyped is named, and the word meant is proposed', async () => {
    await using page = await pageForCards()
    const words = (quorum.cards[1] ?? '').split(' ')
    const meant = words[6] ?? ''
    const wrong = meant === 'acid' ? 'academic' : 'acid'

    await page.typeCard(words.with(6, wrong).join(' '))
    const said = await page.text('.boxed p')
    await page.clickNamed('Correct it')

    expect(said).toContain(`word 7 should be “${meant}”`)
    await page.waitForTexts('.cards .file strong', ['Card 2, board'])
  })

  test('a word that is none is doubted while it is typed', async () => {
    await using page = await pageForCards()

    await page.tab.type('#words', 'shadwo pistol ')

    expect(await page.text('.doubt')).toBe('Word 1, “shadwo”, is not in the list. Perhaps:shadow')
    expect(await page.texts('.words .wrong')).toEqual(['shadwo'])
  })

  test('a card of a former generation, of another instance, and one given twice are named and refused', async () => {
    await using page = await pageForCards(former.identity, former.shares)
    const [own = ''] = quorum.cards
    await using elsewhere = await temporaryFolder()
    const stranger = await writeQuorumFiles(elsewhere.path, await generateIdentity('classic'))

    await page.typeCard(former.cards[1] ?? '')
    const ofFormer = await page.text('.boxed p')
    await page.typeCard(stranger.cards[0] ?? '')
    await page.waitForTexts('.boxed p', [
      'This card is of another set: of another instance, or of a ceremony that no shares.json here tells of.',
    ])
    await page.tab.type('#words', ' zz')
    await page.waitForTexts('.boxed p', [])
    await page.typeCard(own)
    await page.waitForTexts('.cards .file strong', ['Card 1, board'])
    await page.typeCard(own)

    expect(ofFormer).toContain('This is card 2 of board, of generation 1')
    expect(await page.text('.boxed p')).toBe('Card 1, board, was taken already; take another.')
  })

  test('a picture of the QR code of a card is read', async () => {
    await using page = await pageForCards()
    const picture = join(world.folder, `card-${name}.gif`)
    await writeFile(picture, encodeQR(quorum.cards[0] ?? '', 'gif', { scale: 4 }))

    await page.clickNamed('Scan a card')
    const chooser = await page.tab.waitForSelector('input[data-chooser="picture"]')
    await chooser?.uploadFile(picture)

    await page.waitForTexts('.cards .file strong', ['Card 1, board'])
  })
})
