import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { buildOpenHtml } from '../../../scripts/openers/open-html.ts'

export const browserNames = ['chromium', 'firefox-esr'] as const
export type BrowserName = (typeof browserNames)[number]

/** Debian's browser, without a window, spoken to by WebDriver BiDi. */
export function launchBrowser(name: BrowserName): Promise<Browser> {
  return name === 'chromium'
    ? puppeteer.launch({ ...common, ...chromium, args: [...chromium.args], protocol: 'webDriverBiDi' })
    : puppeteer.launch({
        ...common,
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        extraPrefsFirefox: { 'intl.accept_languages': 'en' },
      })
}

/** Chromium that saves what it is given into `folder`. By its own protocol, as BiDi has no word for that yet. */
export function launchToSave(folder: string): Promise<Browser> {
  const downloadBehavior = { policy: 'allow', downloadPath: folder } as const
  return puppeteer.launch({
    ...common,
    ...chromium,
    args: [...chromium.args],
    protocol: 'cdp',
    downloadBehavior,
  })
}

const common = { headless: true } as const
const chromium = {
  browser: 'chrome',
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--lang=en'],
} as const

/** Builds the page into `folder`. @returns its file:// address */
export async function placeOpenHtml(folder: string): Promise<string> {
  const path = join(folder, 'open.html')
  await writeFile(path, await buildOpenHtml())
  return `file://${path}`
}

/** Gives the page files, as a person does who chooses them. */
export async function giveFiles(page: Page, ...paths: readonly string[]): Promise<void> {
  const chooser = await page.waitForSelector('input[data-chooser="files"]')
  await chooser?.uploadFile(...paths)
}
