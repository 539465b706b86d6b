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

/** One that saves what it is given into `folder`, and lets a page read the clipboard if it is Firefox. Chromium by its own protocol, as BiDi has no word for that yet. */
export function launchToSave(folder: string, name: BrowserName = 'chromium'): Promise<Browser> {
  if (name === 'firefox-esr') {
    const saving = {
      'browser.download.folderList': 2,
      'browser.download.dir': folder,
      'browser.download.always_ask_before_handling_new_types': false,
      'browser.helperApps.neverAsk.saveToDisk': 'application/octet-stream,application/json,text/plain',
      'dom.events.testing.asyncClipboard': true,
    }
    return puppeteer.launch({
      ...common,
      browser: 'firefox',
      executablePath: '/usr/bin/firefox-esr',
      extraPrefsFirefox: { 'intl.accept_languages': 'en', ...saving },
    })
  }
  const downloadBehavior = { policy: 'allow', downloadPath: folder } as const
  return puppeteer.launch({
    ...common,
    ...chromium,
    args: [...chromium.args],
    protocol: 'cdp',
    downloadBehavior,
  })
}

/** Chromium whose camera shows a film, over and over; people let the page have it, or they do not. */
export function launchWithCamera(film: string, isAllowed: boolean): Promise<Browser> {
  return puppeteer.launch({
    ...common,
    ...chromium,
    args: [
      ...chromium.args,
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
      isAllowed ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts',
    ],
    protocol: 'webDriverBiDi',
  })
}

/** Firefox whose camera shows colours that change. */
export function launchWithColours(isAllowed: boolean): Promise<Browser> {
  return puppeteer.launch({
    ...common,
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    extraPrefsFirefox: {
      'intl.accept_languages': 'en',
      'media.navigator.streams.fake': true,
      ...(isAllowed ? { 'media.navigator.permission.disabled': true } : { 'permissions.default.camera': 2 }),
    },
  })
}

const common = { headless: true } as const
const chromium = {
  browser: 'chrome',
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--lang=en'],
} as const

/** Builds the page into `folder`; its ceremonies wrap with less work where `scryptLogN` says so. @returns its file:// address */
export async function placeOpenHtml(folder: string, scryptLogN?: number): Promise<string> {
  const path = join(folder, 'open.html')
  await writeFile(path, await buildOpenHtml(scryptLogN === undefined ? {} : { scryptLogN }))
  return `file://${path}`
}

/** Gives the page files, as a person does who chooses them. */
export async function giveFiles(page: Page, ...paths: readonly string[]): Promise<void> {
  const chooser = await page.waitForSelector('input[data-chooser="files"]')
  await chooser?.uploadFile(...paths)
}
