import type { Browser } from 'puppeteer-core'
import { aPage, type OpenerPage } from './world.ts'

/** The page with a ceremony in it, as people hold one. */
export interface CeremonyPage extends OpenerPage {
  /** One of the choices of what opens the key. */
  chooseWay(way: 'password' | 'quorum' | 'both'): Promise<void>
  /** What the key is made of. */
  chooseProfile(profile: 'classic' | 'pq'): Promise<void>
  /** A choice of a list, by what a screen reader calls the list; `at` where there are several. */
  choose(label: string, option: string, at?: number): Promise<void>
  make(): Promise<void>
  /** Shows what is to be handed over. @returns it */
  show(): Promise<string>
  clear(): Promise<void>
  typePassword(password: string): Promise<void>
  /** Shows all that is left, clears it, and types it back. @returns the password and the words of the cards */
  takeAll(count: number): Promise<readonly string[]>
}

export async function ceremonyPage(browser: Browser, url: string): Promise<CeremonyPage> {
  const page = await aPage(browser, { url })
  const { tab } = page
  await page.clickNamed('Hold a ceremony')
  await tab.type('#instance', 'bastion')
  const title = () => page.text('#hand-over')
  const show = async () => {
    await page.clickNamed('Show it')
    await tab.waitForSelector('.password-shown, .to-copy li')
    return tab.evaluate(() =>
      Array.from(
        document.querySelectorAll('.password-shown, .to-copy li'),
        ({ textContent }) => textContent,
      ).join(' '),
    )
  }
  const clear = () => page.clickNamed('It is on paper: clear the screen')
  const typePassword = async (password: string) => {
    const field = await tab.waitForSelector('#password')
    await field?.evaluate((input, text) => {
      ;(input as HTMLInputElement).value = text
    }, password)
    await field?.press('Enter')
  }
  return {
    ...page,
    async chooseWay(way) {
      await tab.$eval(`input[value="${way}"]`, (input) => {
        input.click()
      })
    },
    async chooseProfile(profile) {
      await tab.$eval(`input[value="${profile}"]`, (input) => {
        input.click()
      })
    },
    async choose(label, option, at = 0) {
      await tab.evaluate(
        (wanted, chosen, position) => {
          const select = Array.from(document.querySelectorAll('label'))
            .filter(({ textContent }) => textContent === wanted)
            .map(({ control }) => control)[position] as HTMLSelectElement
          select.selectedIndex = Array.from(select.options).findIndex(({ text }) => text === chosen)
          select.dispatchEvent(new Event('change'))
        },
        label,
        option,
        at,
      )
    },
    async make() {
      await page.clickNamed('Make the key')
      await title()
    },
    show,
    clear,
    typePassword,
    async takeAll(count) {
      const taken: string[] = []
      for (let left = count; left > 0; left--) {
        const before = await title()
        const secret = await show()
        taken.push(secret)
        await clear()
        if (before === 'The master password') await typePassword(secret)
        else await page.typeCard(secret)
        await tab.waitForFunction(
          (old) => document.querySelector('#hand-over')?.textContent !== old,
          {},
          before,
        )
      }
      return taken
    },
  }
}
