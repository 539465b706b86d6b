import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { english } from '../../../src/opener/page/texts/english.ts'
import { portuguese } from '../../../src/opener/page/texts/portuguese.ts'
import { launchBrowser } from '../../support/opener/browsers.ts'
import { type QuorumFiles, writeQuorumFiles } from '../../support/opener/quorum-files.ts'
import { cutOff, notReached } from '../../support/opener/reflow.ts'
import { walk } from '../../support/opener/walk.ts'
import { aPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'

const telephone = { width: 320, height: 640, deviceScaleFactor: 2 }
/** A screen of 1280 by 800, where everything is shown twice as large. */
const twiceAsLarge = { width: 640, height: 400, deviceScaleFactor: 2 }

describe.skipIf(programMissing('chromium'))('open.html on a small screen, or enlarged', () => {
  let world: OpenerWorld
  let quorum: QuorumFiles
  let browser: Browser

  beforeAll(async () => {
    world = await openerWorld()
    quorum = await writeQuorumFiles(world.folder, world.files.pair)
    browser = await launchBrowser('chromium')
  })
  afterAll(async () => {
    await browser.close()
    await world[Symbol.asyncDispose]()
  })

  test('what would be cut off, broken or out of reach is found', async () => {
    await using page = await aPage(browser, world)
    await page.tab.setViewport(telephone)
    await page.tab.evaluate(() => {
      const main = document.querySelector('main')
      const add = (style: string, text: string) => {
        const one = document.createElement('p')
        one.style.cssText = style
        one.textContent = text
        main?.append(one)
      }
      add('width: 4rem', 'uncharacteristically')
      add('width: 4rem; overflow: hidden; white-space: nowrap', 'more than there is room for')
      add('width: 400px', 'wide')
      document.querySelector('.other-way')?.toggleAttribute('inert')
    })

    expect(await cutOff(page)).toEqual([
      expect.stringMatching(/^scrolls sideways: 4\d\d pixels$/),
      'cut off: more than there is room for',
      'broken: uncharacteristically',
    ])
    expect(await notReached(page)).toEqual([
      expect.stringMatching('^not reached: <button .*>Hold a ceremony'),
    ])
  })

  test.for([
    ['320 pixels wide', telephone, 'light', english],
    ['320 pixels wide', telephone, 'dark', portuguese],
    ['at 200 %', twiceAsLarge, 'dark', english],
    ['at 200 %', twiceAsLarge, 'light', portuguese],
  ] as const)(
    '%s cuts nothing off, and the keyboard reaches all of it',
    async ([, viewport, appearance, texts]) => {
      await using page = await aPage(browser, world)
      await page.tab.setViewport(viewport)
      await page.tab.evaluate((chosen) => {
        document.documentElement.dataset['appearance'] = chosen
      }, appearance)
      await page.clickNamed(texts.name)
      const found: string[] = []

      for await (const what of walk(page, world, quorum, texts)) {
        const problems = [...(await cutOff(page)), ...(await notReached(page))]
        found.push(...problems.map((problem) => `${what}: ${problem}`))
      }

      expect(found).toEqual([])
    },
  )
})
