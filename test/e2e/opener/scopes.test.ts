import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserNames, launchBrowser, placeOpenHtml } from '../../support/opener/browsers.ts'
import { type BundleFiles, writeBundleFiles } from '../../support/opener/bundle-files.ts'
import { sampleRecords } from '../../support/opener/sample-records.ts'
import { aPage } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const doubt = 'The clock was set back: bundle 6 was made at 2026-11-25T00:00:00.000Z, which is still to come.'

let folder: AsyncDisposable & { readonly path: string }
let url: string
let files: BundleFiles

beforeAll(async () => {
  folder = await temporaryFolder()
  url = await placeOpenHtml(folder.path)
  const ofScope = { scope: 'finance', sequence: 7, doubts: [doubt] }
  files = await writeBundleFiles(folder.path, sampleRecords().slice(0, 20), ofScope)
})
afterAll(() => folder[Symbol.asyncDispose]())

describe.for(browserNames.filter((name) => !programMissing(name)))('the bundle of a scope, in %s', (name) => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser(name)
  })
  afterAll(async () => {
    await browser.close()
  })

  test('says of which part of the vault it is, that its ledger agrees, and what speaks against it', async () => {
    await using page = await aPage(browser, { url })
    await page.give(files.bundle, files.identity, files.ledger)
    await page.enterPassword(files.password)

    await page.waitForTexts('.badge', ['Every part checked', 'Ledger agrees'])
    expect(await page.text('.bundle-name')).toContain('Bundle 7 of the scope finance')
    expect((await page.texts('.warning')).join('\n')).toContain(doubt)
    expect(await page.violations()).toEqual([])
  })
})
