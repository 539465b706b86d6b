import axe from 'axe-core'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../../support/opener/browsers.ts'
import { type QuorumFiles, writeQuorumFiles } from '../../support/opener/quorum-files.ts'
import { aPage, type OpenerPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'

describe.skipIf(programMissing('chromium'))('open.html keeps nobody out', () => {
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

  test('what axe would find is found', async () => {
    await using page = await aPage(browser, world)
    await page.tab.evaluate(() => {
      const button = document.createElement('button')
      document.querySelector('main')?.append(button)
    })
    await page.tab.evaluate(axe.source)

    expect(await problems(page)).toEqual([expect.stringContaining('button-name')])
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
    for (let steps = 0; steps < 12 && (await focused()) !== 'Show password'; steps++) await page.press('Tab')
    await page.press('Enter')

    expect(world.secretsOf(await page.text('#detail-title'))).toContain(await page.text('.letters'))
  })

  test.for(['light', 'dark'])('axe finds nothing wrong with any part of it, %s', async (appearance) => {
    await using page = await aPage(browser, world)
    await page.tab.evaluate((chosen) => {
      document.documentElement.dataset['appearance'] = chosen
    }, appearance)
    await page.tab.evaluate(axe.source)

    expect(await problems(page)).toEqual([])
    await page.give(world.files.bundle, quorum.identity, quorum.shares)
    await page.typeCard('shadwo pistol academic')
    await page.text('.doubt')
    expect(await problems(page)).toEqual([])
    await page.clickNamed('Remove identity.quorum.age')
    await page.give(world.files.identity)
    await page.enterPassword('wrong', false)
    expect(await problems(page)).toEqual([])
    await page.enterPassword(world.files.password)
    await page.search('orders')
    await page.press('Enter')
    await page.clickNamed('Show password')
    await page.text('.letters')
    expect(await problems(page)).toEqual([])
    await page.clickNamed('Save and export')
    await page.text('dialog h2')
    expect(await problems(page)).toEqual([])
  })
})

interface AxeResult {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

async function problems({ tab }: OpenerPage): Promise<string[]> {
  const found = await tab.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeResult[] }> } }
    // A colour on its way to another is neither.
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)))
    const { violations } = await axe.run()
    return violations
  })
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  )
}
