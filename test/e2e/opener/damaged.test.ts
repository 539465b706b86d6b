import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserNames, launchBrowser } from '../../support/opener/browsers.ts'
import { type BundleFiles, writeBundleFiles } from '../../support/opener/bundle-files.ts'
import { manyRecords } from '../../support/opener/sample-records.ts'
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

/** The bundle as somebody left it, under its own name in a folder of its own. */
async function changed(change: (bytes: Buffer) => Uint8Array, folder: string): Promise<string> {
  const path = join(folder, world.files.bundle.slice(world.folder.length + 1))
  await writeFile(path, change(await readFile(world.files.bundle)))
  return path
}

describe.for(browserNames.filter((name) => !programMissing(name)))('open.html in %s', (name) => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser(name)
  })
  afterAll(async () => {
    await browser.close()
  })

  test.for<[string, (bytes: Buffer) => Uint8Array]>([
    ['was cut off', (bytes) => bytes.subarray(0, -70_000)],
    ['was cut off within its header', (bytes) => bytes.subarray(0, 100)],
    ['had one bit changed where the credentials are', (bytes) => bytes.with(3000, (bytes[3000] ?? 0) ^ 1)],
  ])('refuses a bundle that %s', async ([, change]) => {
    await using folder = await temporaryFolder()
    await using page = await aPage(browser, world)
    await page.give(await changed(change, folder.path), world.files.identity)

    await page.enterPassword(world.files.password, false)

    expect(await page.text('[role="alert"] p')).toContain('The file is damaged')
  })

  test('opens a bundle that is damaged elsewhere, and says which part is', async () => {
    await using folder = await temporaryFolder()
    await using page = await aPage(browser, world)
    // The last whole chunk but one: in the padding.
    const damaged = (bytes: Buffer) => bytes.with(bytes.length - 100_000, (bytes.at(-100_000) ?? 0) ^ 1)
    await page.give(await changed(damaged, folder.path), world.files.identity, world.files.ledger)

    await page.enterPassword(world.files.password)

    await page.waitForTexts('.badge', ['1 part damaged', 'Ledger disagrees'])
    expect(await page.texts('.warning')).toContainEqual(
      expect.stringContaining('The ledger lists a bundle of this name with another content.'),
    )
  })

  test('opens a post-quantum bundle, and says when a ledger is of another instance and a bundle not its newest', async () => {
    await using folder = await temporaryFolder()
    await using page = await aPage(browser, world)
    const files: BundleFiles = await writeBundleFiles(folder.path, manyRecords(2000), {
      profile: 'pq',
      sequence: 7,
    })
    await page.give(files.bundle, files.identity, world.files.ledger)

    await page.enterPassword(files.password)
    await page.waitForTexts('.badge', ['Every part checked', 'Ledger disagrees'])

    expect(await page.text('.search [role="status"]')).toBe('2,000 credentials')
    expect((await page.texts('.row')).length).toBeLessThan(100)
    expect((await page.texts('.warning')).join()).toContain('There is a newer bundle: the ledger lists 42.')
  })

  test('says that the key is right and the bundle of another one', async () => {
    await using folder = await temporaryFolder()
    await using page = await aPage(browser, world)
    const other = await writeBundleFiles(folder.path, manyRecords(3))
    await page.give(other.bundle, world.files.identity)

    await page.enterPassword(world.files.password, false)

    expect(await page.text('[role="alert"] p')).toContain(
      'The key is right, but this bundle is sealed to another one.',
    )
  })
})
