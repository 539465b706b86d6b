import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.ts'
import { combineShares } from '../../../src/crypto/slip39/combine-shares.ts'
import { parseShare } from '../../../src/crypto/slip39/parse-share.ts'
import { browserNames, launchToSave, placeOpenHtml } from '../../support/opener/browsers.ts'
import { type CeremonyPage, ceremonyPage } from '../../support/opener/ceremony-page.ts'
import { programMissing } from '../../support/programs.ts'
import { redomaAt } from '../../support/redoma.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { typePassword } from '../../support/type-password.ts'

/** Of the wrappings, where they are not what is tested. */
const littleWork = 10

let folder: AsyncDisposable & { readonly path: string }
const at = (...names: string[]): string => join(folder.path, ...names)

beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

// Chromium makes it as people's pages do; Firefox would take as long once more for the same.
describe.for(browserNames.filter((name) => !programMissing(name)))(
  'a ceremony in open.html, in %s',
  (name) => {
    test('gives what an instance adopts, and its bundle opens by password, and by cards of its groups', async () => {
      const [saved, copies] = [at(name, 'saved'), at(name, 'copies')]
      await mkdir(saved, { recursive: true })
      const url = await placeOpenHtml(at(name), name === 'chromium' ? undefined : littleWork)
      const browser = await launchToSave(saved, name)
      try {
        await using page = await ceremonyPage(browser, url)
        await wishForGroups(page)
        await page.make()

        const [password = '', ...cards] = await page.takeAll(1 + 3)
        const checkValue = (await page.text('#check-value')).trim()
        await save(page, saved, 'recovery-key.json')
        await save(page, saved, 'recovery-card.txt')
        const foreign = page.requests.filter((asked) => asked !== url && !asked.startsWith('blob:'))

        expect(password).toMatch(/^[a-z]+(-[a-z]+){6}$/)
        expect(foreign).toEqual([])
        expect(await page.violations()).toEqual([])
        expect(readFileSync(join(saved, 'recovery-card.txt'), 'utf8')).toContain(checkValue.slice(0, 39))
        const redoma = redomaAt(at(name, 'home'))
        const adopt = ['glass', 'adopt', join(saved, 'recovery-key.json'), '--check-value', checkValue]
        for (const words of [
          ['init', '--name', 'bastion'],
          ['destination', 'add', 'disk', '--local', copies],
          ['credential', 'add', 'router', '--no-secret'],
          adopt,
          ['backup', 'create', '--only', 'secrets'],
        ]) {
          expect(await redoma.run(words)).toMatchObject({ code: 0 })
        }
        const secrets = join(copies, 'secrets')
        const bundle = join(secrets, readdirSync(secrets).find((file) => /-\d+\.age$/.test(file)) ?? '')
        const secret = toHex(combineShares(cards.map((words) => parseShare(words))))
        for (const [file, passphrase] of [
          ['identity.password.age', password],
          ['identity.quorum.age', secret],
        ] as const) {
          const command = ['age', '-d', '-i', join(secrets, file), '-o', at(name, 'opened.zip'), bundle]
          const env = { ...process.env, PASSWORD: passphrase }
          expect(spawnSync('python3', ['-c', typePassword, ...command], { env }).status).toBe(0)
          expect(execFileSync('unzip', ['-p', at(name, 'opened.zip'), 'secrets.csv']).toString()).toContain(
            'router',
          )
        }

        await page.clickNamed('End the ceremony')
        await page.give(bundle, join(secrets, 'identity.quorum.age'), join(secrets, 'shares.json'))
        for (const [given, words] of cards.entries()) {
          await page.typeCard(words)
          await page.tab.waitForFunction(
            (count) => document.querySelectorAll('.cards .file').length === count,
            {},
            given + 1,
          )
        }
        await page.clickNamed('Open')
        await page.text('#search')
        expect(await page.text('h1')).toBe('bastion')
      } finally {
        await browser.close()
      }
    })
  },
)

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

async function save(page: CeremonyPage, folder: string, name: string): Promise<void> {
  await page.clickNamed(`Save ${name}`)
  await expect.poll(() => readdirSync(folder), { timeout: 20_000 }).toContain(name)
}
