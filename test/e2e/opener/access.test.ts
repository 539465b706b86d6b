import { copyFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeProblems } from '../../support/opener/axe-problems.ts'
import { browserNames, launchBrowser } from '../../support/opener/browsers.ts'
import { type QuorumFiles, writeQuorumFiles } from '../../support/opener/quorum-files.ts'
import { aPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'

describe.for(browserNames.filter((name) => !programMissing(name)))(
  'open.html keeps nobody out, in %s',
  (name) => {
    let world: OpenerWorld
    let quorum: QuorumFiles
    let browser: Browser

    beforeAll(async () => {
      world = await openerWorld()
      quorum = await writeQuorumFiles(world.folder, world.files.pair)
      browser = await launchBrowser(name)
    })
    afterAll(async () => {
      await browser.close()
      await world[Symbol.asyncDispose]()
    })

    test('what axe would find is found', async () => {
      await using page = await aPage(browser, world)
      await page.tab.evaluate(() => {
        const button = document.createElement('button')
        document.querySelector('main')?.append(button)
      })

      expect(await axeProblems(page)).toEqual([expect.stringContaining('button-name')])
    })

    test('the keyboard alone reaches a password', async () => {
      await using page = await aPage(browser, world)
      await page.give(world.files.bundle, world.files.identity)
      await page.enterPassword(world.files.password)

      await page.tab.keyboard.type('orders')
      await page.text('[data-searched="orders"]')
      await page.press('ArrowDown')
      await page.text('#row-1.active')
      await page.press('Enter')
      await page.text('#detail-title')
      const focused = () => page.tab.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
      for (let steps = 0; steps < 12 && (await focused()) !== 'Show password'; steps++)
        await page.press('Tab')
      await page.press('Enter')

      expect(world.secretsOf(await page.text('#detail-title'))).toContain(await page.text('.letters'))
    })

    test('a telephone goes back to the list with Escape, and shows where each credential is below its name', async () => {
      await using page = await aPage(browser, world)
      await page.tab.setViewport({ width: 320, height: 640 })
      await page.give(world.files.bundle, world.files.identity)
      const lines = await page.tab.$eval('.brand', (brand) => brand.getBoundingClientRect().height)
      await page.enterPassword(world.files.password)
      await page.text('.row-folder')
      const folders = await page.tab.$$eval('.row:has(.row-folder)', (rows) =>
        rows.map((row) => {
          const [title, more, folder] = ['.row-title', '.row-more', '.row-folder'].map((part) =>
            row.querySelector(part)?.getBoundingClientRect(),
          )
          const isBelow = (folder?.top ?? 0) >= (more?.bottom ?? Infinity) - 1
          return (
            isBelow &&
            (folder?.bottom ?? Infinity) <= row.getBoundingClientRect().bottom &&
            title?.left === folder?.left
          )
        }),
      )
      await page.press('Enter')
      await page.text('#detail-title')
      await page.tab.evaluate(() => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      })
      await page.press('Escape')

      await page.text('.row')
      expect(lines).toBeLessThan(40)
      expect(new Set(folders)).toEqual(new Set([true]))
    })

    test('large letters begin at the first on a telephone, and the keyboard scrolls them', async () => {
      await using page = await aPage(browser, world)
      await page.tab.setViewport({ width: 320, height: 400 })
      await page.give(world.files.bundle, world.files.identity)
      await page.enterPassword(world.files.password)
      await page.search('orders')
      await page.press('Enter')
      await page.clickNamed('Show password')
      await page.clickNamed('Large')
      await page.text('.large-letters')

      const isFirstSeen = await page.tab.$eval('dialog', (dialog) => {
        const first = dialog.querySelector('li')?.getBoundingClientRect().top ?? -1
        return dialog.scrollHeight > innerHeight && first >= dialog.getBoundingClientRect().top
      })

      expect(isFirstSeen).toBe(true)
      expect(await page.tab.evaluate(() => document.activeElement?.className)).toBe('large-letters')
    })

    test('a folder with many bundles is one line, and what is not needed is not listed', async () => {
      await using page = await aPage(browser, world)
      const copies = [1, 2, 3, 40].map((number) =>
        join(world.folder, `bastion-20261101T000000Z-${number}.age`),
      )
      for (const copy of copies) await copyFile(world.files.bundle, copy)
      const stray = join(world.folder, 'stray.age')
      await writeFile(stray, 'nothing of ours')

      await page.give(...copies, world.files.bundle, stray, world.files.identity)
      await page.text('#password')

      const newest = `newest: ${basename(world.files.bundle)}`
      expect(await page.texts('.file-text')).toEqual([
        `5 bundles${newest}`,
        'Identity, by master passwordidentity.password.age',
      ])
    })

    test.for(['light', 'dark'])('axe finds nothing wrong with any part of it, %s', async (appearance) => {
      await using page = await aPage(browser, world)
      await page.tab.evaluate((chosen) => {
        document.documentElement.dataset['appearance'] = chosen
      }, appearance)

      expect(await axeProblems(page)).toEqual([])
      await page.give(world.files.bundle, quorum.identity, quorum.shares)
      await page.typeCard('shadwo pistol academic')
      await page.text('.doubt')
      expect(await axeProblems(page)).toEqual([])
      await page.clickNamed('Remove identity.quorum.age')
      await page.give(world.files.identity)
      await page.enterPassword('wrong', false)
      expect(await axeProblems(page)).toEqual([])
      await page.enterPassword(world.files.password)
      await page.search('orders')
      await page.press('Enter')
      await page.clickNamed('Show password')
      await page.text('.letters')
      expect(await axeProblems(page)).toEqual([])
      await page.clickNamed('Save and export')
      await page.text('dialog h2')
      expect(await axeProblems(page)).toEqual([])
    })
  },
)
