import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/core/secret.ts'
import { readIdentities } from '../../../src/crypto/age/identity-file.ts'
import { newerProgram } from '../../support/newer-programs.ts'
import { browserNames, launchToSave, placeOpenHtml } from '../../support/opener/browsers.ts'
import { ceremonyPage } from '../../support/opener/ceremony-page.ts'
import { programMissing } from '../../support/programs.ts'
import { redomaAt } from '../../support/redoma.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const newerAge = newerProgram('age')

let folder: AsyncDisposable & { readonly path: string }
const at = (...names: string[]): string => join(folder.path, ...names)

beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

describe.for(browserNames.filter((name) => !programMissing(name)))(
  'a ceremony in open.html, in %s',
  (name) => {
    test('makes a key against quantum computers, which is adopted, and whose bundle the page and age 1.3 open', async () => {
      const [saved, copies] = [at(name, 'saved'), at(name, 'copies')]
      await mkdir(saved, { recursive: true })
      // How long the wrapping takes is not what is tested.
      const url = await placeOpenHtml(at(name), 10)
      const browser = await launchToSave(saved, name)
      try {
        await using page = await ceremonyPage(browser, url)
        await page.chooseWay('password')
        await page.choose(
          'Kind of key',
          'Against quantum computers: needs age 1.3 or later without this page',
        )
        await page.make()
        const [password = ''] = await page.takeAll(1)
        const checkValue = (await page.text('#check-value')).trim()
        await page.clickNamed('Save recovery-key.json')
        await expect.poll(() => readdirSync(saved), { timeout: 20_000 }).toContain('recovery-key.json')
        const redoma = redomaAt(at(name, 'home'))
        for (const words of [
          ['init', '--name', 'bastion'],
          ['destination', 'add', 'disk', '--local', copies],
          ['credential', 'add', 'router', '--no-secret'],
          ['glass', 'adopt', join(saved, 'recovery-key.json'), '--check-value', checkValue],
          ['backup', 'create', '--only', 'secrets'],
        ]) {
          expect(await redoma.run(words)).toMatchObject({ code: 0 })
        }
        const shown = await redoma.run(['glass', 'show', '--json'])
        const secrets = join(copies, 'secrets')
        const bundle = join(secrets, readdirSync(secrets).find((file) => /-\d+\.age$/.test(file)) ?? '')
        const identity = join(secrets, 'identity.password.age')

        await page.clickNamed('End the ceremony')
        await page.give(bundle, identity, join(copies, 'ledger.jsonl'))
        await page.enterPassword(password)

        expect(JSON.parse(shown.stdout)).toMatchObject([{ profile: 'pq' }])
        expect(readFileSync(bundle).subarray(0, 200).toString('latin1')).toContain('-> mlkem768x25519 ')
        expect(await page.text('h1')).toBe('bastion')
        await page.waitForTexts('.badge', ['Every part checked', 'Ledger agrees'])
        expect(await page.violations()).toEqual([])
        if (newerAge === undefined) return
        const [key] = await readIdentities(readFileSync(identity), async () => new Secret(password))
        await writeFile(at(name, 'key'), key?.reveal() ?? '', { mode: 0o600 })
        execFileSync(newerAge, ['-d', '-i', at(name, 'key'), '-o', at(name, 'opened.zip'), bundle])
        expect(execFileSync('unzip', ['-p', at(name, 'opened.zip'), 'secrets.csv']).toString()).toContain(
          'router',
        )
      } finally {
        await browser.close()
      }
    })
  },
)
