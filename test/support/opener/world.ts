import type { Browser, ElementHandle, Page } from 'puppeteer-core'
import type { CredentialRecord } from '../../../src/ports/credential.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { giveFiles, placeOpenHtml } from './browsers.ts'
import { type BundleFiles, writeBundleFiles } from './bundle-files.ts'
import { sampleRecords } from './sample-records.ts'

/** A folder with a bundle of the sample vault, what opens it, and the page. */
export interface OpenerWorld extends AsyncDisposable {
  readonly folder: string
  /** Of the page, from `file://`. */
  readonly url: string
  readonly files: BundleFiles
  readonly titles: readonly string[]
  readonly records: readonly CredentialRecord[]
  secretsOf(title: string): string[]
}

export async function openerWorld(): Promise<OpenerWorld> {
  const folder = await temporaryFolder()
  const records = sampleRecords()
  return {
    folder: folder.path,
    url: await placeOpenHtml(folder.path),
    files: await writeBundleFiles(folder.path, records),
    records,
    titles: records.map(({ title }) => title),
    secretsOf: (title) =>
      records.filter((record) => record.title === title).map(({ secret }) => secret?.reveal() ?? ''),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** The page in a tab of its own, as a person uses it. */
export interface OpenerPage extends AsyncDisposable {
  readonly tab: Page
  /** Addresses of all that the browser asked for. */
  readonly requests: readonly string[]
  give(...paths: readonly string[]): Promise<void>
  /** Types it and opens; waits for the bundle, or (`isRight` false) for what went wrong. */
  enterPassword(password: string, isRight?: boolean): Promise<void>
  /** Puts the words of a card into their field, as if pasted. */
  typeCard(words: string): Promise<void>
  search(text: string): Promise<void>
  press(key: 'Enter' | 'ArrowDown' | 'Tab' | 'Escape'): Promise<void>
  /** A button by what a screen reader calls it. */
  clickNamed(name: string): Promise<void>
  /** Of the first such element, once it is there. */
  text(selector: string): Promise<string>
  texts(selector: string): Promise<string[]>
  waitForTexts(selector: string, texts: readonly string[]): Promise<void>
  timeOpening(password: string): Promise<{ readonly derivingMs: number; readonly openingMs: number }>
  /** Of each letter: until the list shows what was found. */
  timeKeys(text: string): Promise<readonly number[]>
  /** Of the content security policy, since the page was loaded. */
  violations(): Promise<string[]>
}

export async function aPage(browser: Browser, { url }: Pick<OpenerWorld, 'url'>): Promise<OpenerPage> {
  const tab = await browser.newPage()
  tab.setDefaultTimeout(30_000)
  const requests: string[] = []
  tab.on('request', (request) => requests.push(request.url()))
  await tab.evaluateOnNewDocument(() => {
    const seen: string[] = []
    Object.assign(globalThis, { violations: seen })
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      seen.push(`${violatedDirective} ${blockedURI}`)
    })
  })
  await tab.goto(url)
  const text = async (selector: string) => {
    const element = await tab.waitForSelector(selector, { visible: true })
    return (await element?.evaluate(({ textContent }) => textContent)) ?? ''
  }
  const texts = (selector: string) =>
    tab.$$eval(selector, (elements) => elements.map(({ textContent }) => textContent))
  return {
    tab,
    requests,
    give: (...paths) => giveFiles(tab, ...paths),
    async enterPassword(password, isRight = true) {
      const field = await tab.waitForSelector('#password')
      // All at once, as from a clipboard: letter by letter takes Firefox seconds when it is driven.
      await field?.evaluate((input, text) => {
        ;(input as HTMLInputElement).value = text
      }, password)
      await field?.press('Enter')
      await tab.waitForSelector(isRight ? '#search' : '[role="alert"]')
    },
    async typeCard(words) {
      const field = await tab.waitForSelector('#words')
      await field?.evaluate((area, text) => {
        ;(area as HTMLTextAreaElement).value = text
        area.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }))
      }, words)
    },
    async search(wanted) {
      await tab.type('#search', wanted)
      await tab.waitForFunction(
        (typed) => document.querySelector('.list')?.getAttribute('data-searched') === typed,
        {},
        wanted,
      )
    },
    press: (key) => tab.keyboard.press(key),
    async clickNamed(name) {
      // Not by puppeteer's own look at names, which takes Firefox many seconds.
      const button = await tab.waitForFunction(
        (wanted) =>
          Array.from(document.querySelectorAll('button')).find(
            (one) => (one.getAttribute('aria-label') ?? one.textContent) === wanted,
          ),
        {},
        name,
      )
      await (button.asElement() as ElementHandle | null)?.click()
    },
    text,
    texts,
    async waitForTexts(selector, wanted) {
      await tab.waitForFunction(
        (where, expected) =>
          JSON.stringify(Array.from(document.querySelectorAll(where), (one) => one.textContent)) === expected,
        {},
        selector,
        JSON.stringify(wanted),
      )
    },
    async timeOpening(password) {
      await tab.waitForSelector('#password')
      await tab.type('#password', password)
      return tab.evaluate(async () => {
        const begun = performance.now()
        document.querySelector<HTMLElement>('button.primary')?.click()
        let derived: number | undefined
        return new Promise<{ readonly derivingMs: number; readonly openingMs: number }>((resolve) => {
          const timer = setInterval(() => {
            if (document.querySelector('progress:not([value])') !== null) derived ??= performance.now()
            if (document.querySelector('.row') === null) return
            clearInterval(timer)
            const key = derived ?? begun
            resolve({ derivingMs: key - begun, openingMs: performance.now() - key })
          }, 5)
        })
      })
    },
    timeKeys: (text) =>
      tab.evaluate(async (letters) => {
        const field = document.querySelector<HTMLInputElement>('#search')
        const list = document.querySelector<HTMLElement>('.list')
        if (field === null || list === null) throw new Error('nothing is open')
        const times: number[] = []
        for (const letter of letters) {
          const begun = performance.now()
          field.value += letter
          field.dispatchEvent(new InputEvent('input'))
          await new Promise<void>((resolve) => {
            const look = () => {
              if (list.dataset['searched'] === field.value) resolve()
              else setTimeout(look, 0)
            }
            look()
          })
          times.push(performance.now() - begun)
        }
        return times
      }, text),
    violations: () => tab.evaluate(() => (globalThis as unknown as { violations: string[] }).violations),
    [Symbol.asyncDispose]: () => tab.close(),
  }
}
