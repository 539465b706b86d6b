import { execFileSync } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { totpCode } from '../../../src/bundle/totp.ts'
import { Secret } from '../../../src/core/secret.ts'
import { type BrowserName, browserNames, launchToSave } from '../../support/opener/browsers.ts'
import { aPage, type OpenerPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts'

describe.for(browserNames.filter((name) => !programMissing(name)))(
  'an open bundle in open.html, in %s',
  (name) => {
    let world: OpenerWorld
    let browser: Browser
    let downloads: TemporaryFolder

    beforeAll(async () => {
      world = await openerWorld()
      downloads = await temporaryFolder()
      browser = await launchToSave(downloads.path, name)
    })
    afterAll(async () => {
      await browser.close()
      await downloads[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    })

    async function openPage(): Promise<OpenerPage> {
      const page = await aPage(browser, world)
      await page.give(world.files.bundle, world.files.identity)
      await page.enterPassword(world.files.password)
      return page
    }

    /** What was saved under this name, once all of it is there. */
    async function saved(saving: string): Promise<Buffer> {
      const path = join(downloads.path, saving)
      // Firefox puts an empty file there first.
      const isThere = async () => (await stat(path).catch(() => undefined))?.size ?? 0
      await vi.waitUntil(async () => (await isThere()) > 0, { timeout: 20_000 })
      return readFile(path)
    }

    test('is saved as CSV and as Bitwarden JSON, as the bundle has them', async () => {
      await using page = await openPage()
      await page.clickNamed('Save and export')

      await page.clickNamed('Save Table (CSV)')
      await page.clickNamed('Save Bitwarden JSON')

      const csv = (await saved('secrets.csv')).toString()
      const bitwarden = JSON.parse((await saved('bitwarden.json')).toString()) as {
        items: { name: string }[]
      }
      expect(csv.split('\r\n')[0]).toContain('"id","folder","title","kind","user","secret"')
      expect(bitwarden.items.map(({ name }) => name).toSorted()).toEqual(world.titles.toSorted())
    })

    test('is copied from, and leaves the clipboard again', async () => {
      await mayReadClipboard(browser, name)
      await using page = await openPage()
      const clipboard = () => page.tab.evaluate(() => navigator.clipboard.readText())
      await page.search('orders')
      await page.press('Enter')

      await page.clickNamed('Copy password')
      await page.text('.clipboard-bar')
      const copied = await clipboard()
      await page.clickNamed('Clear now')
      await page.tab.waitForSelector('.clipboard-bar[hidden]')

      expect(world.secretsOf(await page.text('#detail-title'))).toContain(copied)
      await vi.waitUntil(async () => (await clipboard()).trim() === '', { timeout: 10_000 })
    })

    test('gives attachments back to the byte', async () => {
      await using page = await openPage()
      await page.search('Licence and certificate 6')
      await page.press('Enter')

      await page.clickNamed('Save licence 6.txt')

      expect((await saved('licence 6.txt')).toString()).toContain('Valid for 50 nodes.')
    })

    test('shows former values, and the one-time code of the moment', async () => {
      await using page = await openPage()
      await page.search('vcenter of recife')
      await page.press('Enter')
      const code = await page.text('.code')
      await page.tab.click('.history summary')
      await page.clickNamed('Show former value')

      const former = await page.text('.history .letters')
      const record = world.records.find(({ history }) =>
        history.some(({ secret }) => secret.reveal() === former),
      )
      // A period may have ended meanwhile.
      const codes = [Date.now() - 30_000, Date.now()].map(
        (time) => totpCode(record?.totp ?? new Secret(''), new Date(time)).code,
      )
      expect(record?.title).toBe('vcenter of recife')
      expect(codes).toContain(code.replace(' ', ''))
    })

    test('is gone from the page when it is locked, and when the page is left', async () => {
      await using page = await openPage()
      await page.search('orders')
      await page.press('Enter')
      await page.clickNamed('Show password')
      const secret = await page.text('.letters')

      await page.clickNamed('Lock')
      const said = await page.text('.notice')

      expect(said).toBe('Locked. Everything that was open is gone from memory.')
      expect((await page.tab.content()).includes(secret)).toBe(false)
      expect(await page.tab.$('#search')).toBeNull()
      expect(page.tab.workers()).toEqual([])
    })

    test('is not printed, though it is shown', async () => {
      await using page = await openPage()
      await page.search('orders')
      await page.press('Enter')
      await page.clickNamed('Show password')
      const secret = await page.text('.letters')

      const printed = join(downloads.path, 'printed.pdf')
      await page.tab.pdf({ path: printed })

      const text = execFileSync('pdftotext', [printed, '-']).toString().replaceAll(/\s/g, '')
      expect(text).toContain('[notprinted]')
      expect(text).not.toContain(secret.slice(0, 8))
    })

    test('is shown in Portuguese as soon as that is chosen', async () => {
      await using page = await openPage()

      await page.clickNamed('Português')

      expect(await page.text('.search [role="status"]')).toBe('200 credenciais')
      expect(await page.tab.$eval('html', ({ lang }) => lang)).toBe('pt-BR')
    })
  },
)

/** Firefox by its start alone: it is launched so. */
async function mayReadClipboard(browser: Browser, name: BrowserName): Promise<void> {
  if (name === 'firefox-esr') return
  await browser
    .defaultBrowserContext()
    .setPermission('*', { permission: { name: 'clipboard-read' }, state: 'granted' })
}
