import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fingerprintOf, readableFingerprint } from '../../../src/bundle/ceremony/wrap-identity.ts'
import { publicKeyLine, sshFingerprint } from '../../../src/crypto/ssh-signature.ts'
import { browserNames, launchBrowser } from '../../support/opener/browsers.ts'
import { writeQuorumFiles } from '../../support/opener/quorum-files.ts'
import { aPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'

describe.for(browserNames.filter((name) => !programMissing(name)))(
  'a copy that somebody made up, in open.html, in %s',
  (name) => {
    let world: OpenerWorld
    let browser: Browser
    beforeAll(async () => {
      world = await openerWorld()
      browser = await launchBrowser(name)
    })
    afterAll(async () => {
      await browser.close()
      await world[Symbol.asyncDispose]()
    })

    test('has no tick for its ledger, and the fingerprints to compare with paper', async () => {
      const { bundle, identity, ledger, pair, signingKey } = world.files
      await rename(identity, `${identity}.wrapped`)
      await writeFile(identity, `${pair.identity.reveal()}\n`)
      await using page = await aPage(browser, world)
      await page.give(bundle, identity, ledger)
      await page.clickNamed('Open')
      await page.waitForTexts('.badge', ['Every part checked', 'Ledger agrees'])
      await rename(`${identity}.wrapped`, identity)

      expect(await page.texts('.badge.good')).toEqual(['Every part checked'])
      expect(await page.texts('.warning')).toContainEqual(expect.stringContaining('No password and no card'))
      const head = await page.text('.bundle-head')
      expect(head).toContain(readableFingerprint(fingerprintOf(pair.recipient)))
      expect(head).toContain(sshFingerprint(publicKeyLine(signingKey, '')))
    })

    test('keeps no genuine card out by a list of cards of its own', async () => {
      const quorum = await writeQuorumFiles(world.folder, world.files.pair)
      const list = await readFile(quorum.shares, 'utf8')
      await writeFile(quorum.shares, list.replaceAll(/"sha256":"[0-9a-f]{8}/g, '"sha256":"00000000'))
      await using page = await aPage(browser, world)
      await page.give(world.files.bundle, quorum.identity, quorum.shares)

      for (const [at, words] of quorum.cards.slice(0, 2).entries()) {
        await page.typeCard(words)
        expect(await page.text('.boxed p')).toContain('One of the two is not genuine')
        await page.clickNamed('Take it all the same')
        await page.tab.waitForFunction(
          (count) => document.querySelectorAll('.cards .file').length === count,
          {},
          at + 1,
        )
      }
      await page.clickNamed('Open')

      expect(await page.text('#search')).toBe('')
    })
  },
)

describe.for(browserNames.filter((name) => !programMissing(name)))(
  'what was typed into open.html, in %s',
  (name) => {
    let world: OpenerWorld
    let browser: Browser
    beforeAll(async () => {
      world = await openerWorld()
      browser = await launchBrowser(name)
    })
    afterAll(async () => {
      await browser.close()
      await world[Symbol.asyncDispose]()
    })

    test.each(['left', 'idle'])('is gone when the page is %s before anything is open', async (how) => {
      const quorum = await writeQuorumFiles(world.folder, world.files.pair)
      await using page = await aPage(browser, world)
      await page.give(world.files.bundle, quorum.identity, quorum.shares)
      await page.typeCard(quorum.cards[0] ?? '')
      await page.waitForTexts('.cards .file strong', ['Card 1, board'])

      await page.tab.evaluate((what) => {
        const { now } = Date
        if (what === 'left') dispatchEvent(new Event('pagehide'))
        else Date.now = () => now() + 16 * 60 * 1000
      }, how)

      await page.waitForTexts('.cards .file strong', [])
      expect(await page.text('.cards .hint')).toBe('Needed: 2 of the 3 cards of board.')
    })
  },
)
