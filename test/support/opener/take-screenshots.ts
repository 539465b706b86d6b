import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchBrowser, placeOpenHtml } from './browsers.ts'
import { writeBundleFiles } from './bundle-files.ts'
import { writeQuorumFiles } from './quorum-files.ts'
import { sampleRecords } from './sample-records.ts'
import { aPage, type OpenerPage } from './world.ts'

/** Takes the pictures of the opener page that the documents show, in Debian's Chromium, with the sample vault: `npm run screenshots`. */
const documents = join(import.meta.dirname, '../../../docs')
const folder = await mkdtemp(join(tmpdir(), 'redoma-screenshots-'))
const browser = await launchBrowser('chromium')
try {
  const threeDaysAgo = new Date(Date.now() - 3 * 24 * 3600 * 1000)
  const files = await writeBundleFiles(folder, sampleRecords(), { time: threeDaysAgo })
  const quorum = await writeQuorumFiles(folder, files.pair)
  const url = await placeOpenHtml(folder)
  const page = await aPage(browser, { url })
  await page.tab.setViewport({ width: 1200, height: 800, deviceScaleFactor: 1.5 })

  await page.give(files.bundle, quorum.identity, quorum.shares, files.ledger)
  await page.typeCard(quorum.cards[0] ?? '')
  await page.waitForTexts('.cards .file strong', ['Card 1, board'])
  const words = (quorum.cards[2] ?? '').split(' ')
  await page.typeCard(words.with(6, 'shadwo').slice(0, 9).join(' '))
  await page.tab.setViewport({ width: 1200, height: 1300, deviceScaleFactor: 1.5 })
  await save(page, 'opener-cards.png')

  await page.typeCard(words.join(' '))
  await page.waitForTexts('.cards .file strong', ['Card 1, board', 'Card 3, board'])
  await page.tab.setViewport({ width: 1200, height: 800, deviceScaleFactor: 1.5 })
  await page.clickNamed('Open')
  await page.waitForTexts('.badge', ['Every part checked', 'Ledger agrees'])
  await page.search('vcenter')
  await page.press('Enter')
  await page.clickNamed('Show password')
  await page.text('.letters')
  await page.tab.mouse.move(0, 0)
  await save(page, 'opener.png')
} finally {
  await browser.close()
  await rm(folder, { recursive: true })
}

async function save({ tab }: OpenerPage, name: string): Promise<void> {
  await tab.screenshot({ path: `${documents}/${name}` as `${string}.png` })
}
