import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeProblems } from '../../support/opener/axe-problems.ts'
import { launchToSave, placeOpenHtml } from '../../support/opener/browsers.ts'
import { type CeremonyPage, ceremonyPage } from '../../support/opener/ceremony-page.ts'
import { programMissing } from '../../support/programs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Of the wrappings, where they are not what is tested. */
const littleWork = 10

let folder: AsyncDisposable & { readonly path: string }
const at = (...names: string[]): string => join(folder.path, ...names)

beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

describe.skipIf(programMissing('chromium'))('a ceremony in open.html', () => {
  let browser: Browser
  let url: string

  beforeAll(async () => {
    await mkdir(at('page'))
    url = await placeOpenHtml(at('page'), littleWork)
    browser = await launchToSave(at('page'))
  })
  afterAll(() => browser.close())

  test('takes back no other card, and no mistyped one; nothing comes out before all are proven', async () => {
    await using page = await ceremonyPage(browser, url)
    await page.choose('Cards', '2')
    await page.make()
    const first = (await page.show()).split(' ')
    await page.clear()

    await page.typeCard(first.with(4, first[4] === 'acid' ? 'academic' : 'acid').join(' '))
    const mistyped = await page.texts('.boxed p')
    await page.clickNamed('Show it once more')
    await page.text('.to-copy li')
    expect(await page.texts('.to-copy li')).toEqual(first)
    await page.clear()
    await page.typeCard(first.join(' '))
    await page.waitForTexts('#hand-over', ['Card 2 of 2'])
    await page.show()
    await page.clear()
    await page.typeCard(first.join(' '))

    expect(mistyped[0]).toContain(`word 5 should be “${first[4] ?? ''}”`)
    expect(mistyped[1]).toBe('If the paper says otherwise, correct the paper.')
    expect(await page.text('.boxed p')).toBe('That is card 1, and this one is another.')
    expect(await page.texts('#check-value')).toEqual([])
  })

  test('names the word of the password that is wrong, and never the right one; it makes none that is weak', async () => {
    await using page = await ceremonyPage(browser, url)
    await page.chooseWay('password')
    const lengths = await page.texts('#opens ~ div select option')
    await page.make()
    const password = await page.show()
    await page.clear()

    await page.typePassword(password.split('-').with(2, 'anvl').join('-'))

    expect(await page.text('.boxed p')).toBe('That is not it: word 3 is not “anvl”. Look at the paper.')
    expect(lengths.map((text) => Number(/(\d+) bits/.exec(text)?.[1]))).toEqual([90, 103, 116, 129])
  })

  test('stopped, or left alone, leaves none of its words in the page, and warns before it is left', async () => {
    await using page = await ceremonyPage(browser, url)
    await page.make()
    const words = (await page.show()).split(' ')
    const warns = () =>
      page.tab.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })))
    const whileHeld = await warns()
    await page.clickNamed('Português')
    await page.tab.waitForFunction(() => document.documentElement.lang === 'pt-BR')
    const covered = await leftOf(page, words)
    await page.clickNamed('Mostrar')
    await page.text('.to-copy li')
    await page.clickNamed('Interromper a cerimônia')
    await page.tab.$eval('dialog button.primary', (button) => {
      button.click()
    })
    await page.text('.notice')

    expect(whileHeld).toBe(true)
    expect(covered).toEqual([])
    expect(await leftOf(page, words)).toEqual([])
    expect(await warns()).toBe(false)
  })

  test.skipIf(programMissing('zbarimg'))(
    'prints the card that is shown and nothing else, with its code and the SHA-256 of the page',
    async () => {
      await using page = await ceremonyPage(browser, url)
      await page.make()
      await page.tab.type('#guardian', 'Ana <b>Lima</b>')
      const words = await page.show()
      writeFileSync(at('card.pdf'), await page.tab.pdf())
      await page.clear()
      writeFileSync(at('typing.pdf'), await page.tab.pdf())

      execFileSync('pdftoppm', ['-r', '150', '-png', '-singlefile', at('card.pdf'), at('card')])
      const printed = execFileSync('pdftotext', ['-layout', at('card.pdf'), '-']).toString()
      const sha256 = createHash('sha256')
        .update(readFileSync(at('page', 'open.html')))
        .digest('hex')
      expect(
        execFileSync('zbarimg', ['-q', '--raw', at('card.png')])
          .toString()
          .trim(),
      ).toBe(words)
      expect(printed).toContain('Ana <b>Lima</b>')
      expect(printed.replaceAll(/\s/g, '')).toContain(sha256)
      expect(printed).not.toContain('Hold a ceremony')
      expect(execFileSync('pdfinfo', [at('card.pdf')]).toString()).toMatch(/Pages: +1\n/)
      const afterwards = execFileSync('pdftotext', [at('typing.pdf'), '-']).toString()
      for (const word of words.split(' ')) expect(afterwards.split(/\s/)).not.toContain(word)
    },
  )

  test('asks for what is missing, and for a name of each group', async () => {
    await using page = await ceremonyPage(browser, url)
    await page.clickNamed('Add a group')
    await page.clickNamed('Make the key')
    const unnamed = await page.text('.boxed p')
    await page.clickNamed('Remove group 2')
    await page.tab.$eval('#instance', (input) => {
      ;(input as HTMLInputElement).value = 'bas\u202etion'
    })
    await page.clickNamed('Make the key')

    expect(unnamed).toBe('Each group needs a name of its own.')
    await page.waitForTexts('.boxed p', [
      'The name of the instance is needed: at most 200 letters, on one line.',
    ])
  })

  test.for(['light', 'dark'])('keeps nobody out, %s, on a telephone', async (appearance) => {
    await using page = await ceremonyPage(browser, url)
    await page.tab.setViewport({ width: 320, height: 640 })
    await page.tab.evaluate((chosen) => {
      document.documentElement.dataset['appearance'] = chosen
    }, appearance)
    await wishForGroups(page)
    const found = [await axeProblems(page)]
    const widths = [await tooWide(page)]
    const look = async () => {
      found.push(await axeProblems(page))
      widths.push(await tooWide(page))
    }
    await page.make()
    await page.takeAll(1)
    await page.show()
    await look()
    await page.clear()
    await page.typeCard('academic acid')
    await look()
    await page.clickNamed('Show it once more')
    await page.text('.to-copy li')
    const words = await page.texts('.to-copy li')
    await page.clear()
    await page.typeCard(words.join(' '))
    await page.waitForTexts('#hand-over', ['Card 2 of 3, of operations'])
    await page.takeAll(2)
    await page.text('#check-value')
    await look()

    expect(found.flat()).toEqual([])
    expect(widths).toEqual([0, 0, 0, 0])
  })

  test('is held with the keyboard alone', async () => {
    await using page = await ceremonyPage(browser, url)
    await page.chooseWay('password')
    await page.tab.focus('#instance')
    await page.press('Enter')
    await page.text('#hand-over')
    await pressUntil(page, 'Show it')
    const password = await page.text('.password-shown')
    await pressUntil(page, 'It is on paper: clear the screen')
    await page.text('#password')
    await page.tab.keyboard.type(password)
    await page.press('Enter')

    expect(await page.text('#check-value')).toMatch(/^([0-9a-f]{4} ){16}$/)
    expect(await page.tab.evaluate(() => document.activeElement?.id)).toBe('outcome')
  })
})

/** Password or groups: one card of the board, and two of two of operations. */
async function wishForGroups(page: CeremonyPage): Promise<void> {
  await page.chooseWay('both')
  await page.clickNamed('Add a group')
  await page.choose('Cards', '1', 0)
  await page.choose('Cards', '2', 1)
  const [board, operations] = await page.tab.$$('.group input')
  await board?.type('board')
  await operations?.type('operations')
}

/** Words that are still in the page: in its elements, its fields or what it would print. */
function leftOf({ tab }: CeremonyPage, words: readonly string[]): Promise<string[]> {
  return tab.evaluate((secret) => {
    const fields = Array.from(
      document.querySelectorAll('input, textarea'),
      (field) => (field as HTMLInputElement).value,
    )
    const shadows = Array.from(
      document.querySelectorAll('.sheet'),
      ({ shadowRoot }) => shadowRoot?.textContent ?? '',
    )
    const shown = [document.body.innerText, ...fields, ...shadows].join(' ').split(/\s+/)
    return [...new Set(secret)].filter((word) => word.length > 4 && shown.includes(word))
  }, words)
}

/** By how many pixels the page is wider than the screen. */
function tooWide({ tab }: CeremonyPage): Promise<number> {
  return tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

/** Goes on by Tab to the button of this name, and presses it. */
async function pressUntil(page: CeremonyPage, name: string): Promise<void> {
  const focused = () => page.tab.evaluate(() => document.activeElement?.textContent ?? '')
  for (let steps = 0; steps < 12 && (await focused()) !== name; steps++) await page.press('Tab')
  await page.press('Enter')
}
