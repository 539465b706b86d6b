import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildOpenHtml } from '../../../scripts/openers/open-html.ts'
import { buildAllInOne } from '../../../src/bundle/all-in-one.ts'
import { browserNames, launchBrowser } from '../../support/opener/browsers.ts'
import { aPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let world: OpenerWorld

beforeAll(async () => {
  world = await openerWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

describe.for(browserNames.filter((name) => !programMissing(name)))('open.html in %s', (name) => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser(name)
  })
  afterAll(async () => {
    await browser.close()
  })

  test('opens a bundle by password, finds a credential and shows what it holds', async () => {
    await using page = await aPage(browser, world)
    await page.give(world.files.bundle, world.files.identity, world.files.ledger)
    await page.enterPassword(world.files.password)

    await page.search('gitlab oslo')
    const rows = await page.texts('.row-title')
    await page.press('Enter')
    await page.clickNamed('Show password')

    expect(rows.length).toBe(world.titles.filter((title) => title === 'gitlab of oslo').length)
    expect(await page.text('#detail-title')).toBe('gitlab of oslo')
    expect(world.secretsOf('gitlab of oslo')).toContain(await page.text('.letters'))
    expect(await page.text('h1')).toBe('bastion')
    await page.waitForTexts('.badge', ['Every part checked', 'Ledger agrees'])
  })

  test('asks for nothing but itself, and its policy is never broken', async () => {
    await using page = await aPage(browser, world)
    await page.give(world.files.bundle, world.files.identity)
    await page.enterPassword(world.files.password)
    await page.search('a')

    const foreign = page.requests.filter((url) => url !== world.url && !url.startsWith('blob:'))
    expect(foreign).toEqual([])
    expect(await page.violations()).toEqual([])
  })

  test('could not send anything anywhere, whoever wrote into its script', async () => {
    await using server = await countingServer()
    await using page = await aPage(browser, world)

    await page.tab.evaluate(async (address) => {
      await fetch(address).catch(() => null)
      navigator.sendBeacon(address, 'secret')
      const image = new Image()
      image.src = address
      document.body.append(image)
      await new Promise((resolve) => {
        image.addEventListener('error', resolve)
      })
    }, server.url)

    expect((await page.violations()).map((violation) => violation.split(' ')[0])).toEqual(
      expect.arrayContaining(['connect-src', 'img-src']),
    )
    expect(server.count()).toBe(0)
  })

  test('opens a bundle that lies in the page itself, under the same policy', async () => {
    await using folder = await temporaryFolder()
    const read = async (path: string) => ({ name: basename(path), content: await readFile(path) })
    const files = await Promise.all([world.files.bundle, world.files.identity, world.files.ledger].map(read))
    const path = join(folder.path, 'all-in-one.html')
    await writeFile(path, buildAllInOne(await buildOpenHtml(), files))
    await using page = await aPage(browser, { url: `file://${path}` })

    await page.enterPassword(world.files.password)

    await page.waitForTexts('.badge', ['Every part checked', 'Ledger agrees'])
    expect(await page.violations()).toEqual([])
  })

  test('says that a password is wrong, and opens with the right one after it', async () => {
    await using page = await aPage(browser, world)
    await page.give(world.files.bundle, world.files.identity)

    await page.enterPassword('gecko-unpaved', false)
    const said = await page.text('[role="alert"] p')
    await page.enterPassword(world.files.password)

    expect(said).toContain('This password does not open the identity file.')
  })
})

async function countingServer(): Promise<AsyncDisposable & { readonly url: string; count(): number }> {
  let count = 0
  const server = createServer((_request, response) => {
    count += 1
    response.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    count: () => count,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('the page is the same to the byte, wherever its sources lie', async () => {
  await using folder = await temporaryFolder()
  const root = join(import.meta.dirname, '../../..')
  for (const name of ['src', 'scripts', 'package.json', 'tsconfig.json']) {
    await cp(join(root, name), join(folder.path, 'else/where', name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(folder.path, 'else/where/node_modules'))

  const options = { cwd: join(folder.path, 'else/where'), stdio: 'pipe' } as const
  execFileSync(process.execPath, ['scripts/build-openers.ts'], options)

  const built = await readFile(join(options.cwd, 'dist/open.html'))
  expect(Buffer.compare(built, await buildOpenHtml())).toBe(0)
})

test('the page allows no script but its own, and has no WebAssembly', async () => {
  const html = Buffer.from(await buildOpenHtml()).toString()
  const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? []

  expect(policy).toContain("default-src 'none'; script-src 'sha256-")
  expect(policy).not.toContain('unsafe')
  expect(html).not.toContain('WebAssembly')
})
