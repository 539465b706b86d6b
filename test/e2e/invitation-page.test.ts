import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { expect, test } from 'vitest'
import { admitUsers } from '../../src/api/access/admit-users.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { makeInviteFirst } from '../../src/app/users/invitations.ts'
import { launchBrowser } from '../support/opener/browsers.ts'
import { programMissing } from '../support/programs.ts'
import { aServedInstance } from '../support/served.ts'
import { goodPassword } from '../support/users.ts'

test.skipIf(programMissing('chromium'))(
  'the page of an invitation takes it out of the address, sets a password, says what is wrong with one, and runs nothing else',
  async () => {
    await using served = await aServedInstance()
    const app = makeApi(served.deps, admitUsers(served.deps.instance))
    const server = createAdaptorServer({ fetch: app.fetch, createServer }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const invited = await makeInviteFirst({ ...served.instance, actor: 'tester' })()
    const browser = await launchBrowser('chromium')
    try {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      await page.goto(`http://127.0.0.1:${port}/invitation#${invited?.secret.reveal()}`)
      const set = async (password: string): Promise<void> => {
        await page.evaluate("for (const input of document.querySelectorAll('input')) input.value = ''")
        await page.type('[name=name]', 'boss')
        for (const name of ['password', 'again']) await page.type(`[name=${name}]`, password)
        await page.click('button')
      }

      expect(page.url()).toBe(`http://127.0.0.1:${port}/invitation`)
      await set('password1234567890')
      await page.waitForSelector('::-p-text(could be guessed)')
      await set(goodPassword)
      await page.waitForSelector('::-p-text(You sign in as boss)')

      expect(await served.instance.catalogue.users.named('boss')).toMatchObject({ role: 'administrator' })
      // That the weak password was refused the browser says by itself.
      expect(complaints.filter((text) => !text.includes('422'))).toEqual([])
    } finally {
      await browser.close()
      server.close()
    }
  },
)
