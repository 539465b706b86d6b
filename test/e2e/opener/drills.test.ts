import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fingerprintOf } from '../../../src/bundle/ceremony/wrap-identity.ts'
import { answerDigest } from '../../../src/bundle/drill/answer-code.ts'
import { encodeDrill } from '../../../src/bundle/drill/drill-file.ts'
import { makeDrill } from '../../../src/bundle/drill/make-drill.ts'
import { parseShareList } from '../../../src/bundle/shares/share-list.ts'
import { generateIdentity } from '../../../src/crypto/age/recipients.ts'
import { loadPrimitives } from '../../../src/crypto/native.ts'
import { launchBrowser } from '../../support/opener/browsers.ts'
import { type QuorumFiles, writeQuorumFiles } from '../../support/opener/quorum-files.ts'
import { aPage, type OpenerPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const id = '5f0c8a3e-54b1-4b5f-8a0e-0d9d7c1f2a3b'

describe.skipIf(programMissing('chromium'))('a drill in open.html', () => {
  let world: OpenerWorld
  let quorum: QuorumFiles
  let browser: Browser
  let drillPath: string
  /** What the instance keeps of each answer. */
  let digests: ReadonlyMap<number | 'whole', string>

  beforeAll(async () => {
    world = await openerWorld()
    quorum = await writeQuorumFiles(world.folder, world.files.pair)
    const { recipient } = world.files.pair
    const { file, record } = await makeDrill(
      {
        id,
        instanceName: 'bastion',
        startedAt: new Date('2026-11-27T10:00:00Z'),
        expiresAt: new Date('2026-12-27T10:00:00Z'),
        generation: { number: 2, recipient, fingerprint: fingerprintOf(recipient) },
        shares: parseShareList(await readFile(quorum.shares)),
      },
      loadPrimitives(),
    )
    drillPath = join(world.folder, 'drill.json')
    await writeFile(drillPath, encodeDrill(file))
    digests = new Map(record.questions.map(({ subject, codeSha256 }) => [subject, codeSha256]))
    browser = await launchBrowser('chromium')
  })
  afterAll(async () => {
    await browser.close()
    await world[Symbol.asyncDispose]()
  })

  test('is answered by one card, with the code that the instance waits for', async () => {
    await using page = await aPage(browser, world)
    await page.tab.setViewport({ width: 375, height: 500 })
    await page.give(drillPath)
    await page.text('.hint')

    await page.typeCard(quorum.cards[1] ?? '')

    const code = await page.text('.drill-code')
    expect(answerDigest(id, 2, code)).toBe(digests.get(2))
    expect(await page.text('h1')).toBe('Answer a drill')
    expect(await isInSight(page, '.drill-code')).toBe(true)
    expect(await page.text('.drill-answer p')).toBe('Card 2 is good. Its answer:')
    expect(await page.texts('.hint')).toContainEqual(
      expect.stringContaining('Drill of bastion, generation 2'),
    )
  })

  test('is answered for the whole key by who has the password', async () => {
    await using page = await aPage(browser, world)
    await page.give(drillPath, world.files.identity)

    await page.tab.type('#password', world.files.password)
    await page.press('Enter')

    const code = await page.text('.drill-code')
    expect(answerDigest(id, 'whole', code)).toBe(digests.get('whole'))
  })

  test('says to a card of another set that it is not asked', async () => {
    await using elsewhere = await temporaryFolder()
    await using page = await aPage(browser, world)
    const stranger = await writeQuorumFiles(elsewhere.path, await generateIdentity('classic'))
    await page.give(drillPath)
    await page.text('.hint')

    await page.typeCard(stranger.cards[0] ?? '')

    expect(await page.text('[role="alert"]')).toBe(
      'Your card is not of this drill: it is from a former ceremony, or of another instance.',
    )
    expect(await isInSight(page, '[role="alert"]')).toBe(true)
  })
})

function isInSight({ tab }: OpenerPage, selector: string): Promise<boolean> {
  return tab.$eval(selector, (element) => {
    const { top, bottom } = element.getBoundingClientRect()
    // To a pixel: a page scrolls by whole ones.
    return top > -1 && bottom < innerHeight + 1
  })
}
