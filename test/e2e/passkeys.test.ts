import puppeteer from 'puppeteer-core'
import { expect, test } from 'vitest'
import { admitUsers } from '../../src/api/access/admit-users.ts'
import { ownKeyPair } from '../../src/app/certificates/own-key-pair.ts'
import { servedByHttps } from '../support/https.ts'
import { programMissing } from '../support/programs.ts'
import { aServedInstance } from '../support/served.ts'
import { aUser, goodPassword } from '../support/users.ts'

/** As a page of the console would do it, in the browser's own words. */
const inPage = `
const ask = async (path, body) => {
  const headers = { 'content-type': 'application/json' }
  const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) }
  const answer = await fetch('/api/v1' + path, { method: 'POST', ...sent })
  return { status: answer.status, told: answer.status === 204 ? {} : await answer.json() }
}
window.signInByPassword = (password) => ask('/session', { name: 'olga', password })
window.makePasskey = async (password) => {
  const { told } = await ask('/session/passkeys/question', { password })
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(told)
  const made = await navigator.credentials.create({ publicKey })
  return ask('/session/passkeys', { name: 'blue key', credential: made.toJSON() })
}
window.signInByPasskey = async () => {
  const { told } = await ask('/session/passkey/question')
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(told)
  const given = await navigator.credentials.get({ publicKey })
  return ask('/session/passkey', { credential: given.toJSON() })
}
`

test.skipIf(programMissing('chromium'))(
  'Chromium makes a passkey at the listener, and signs in by it without a name, once its user is verified',
  async () => {
    await using served = await aServedInstance()
    await aUser(served.instance, 'olga', 'operator')
    const load = () => ownKeyPair(served.instance.home, ['localhost', '127.0.0.1'], new Date())
    await using https = await servedByHttps(served, { admit: admitUsers(served.deps.instance), load })
    const browser = await puppeteer.launch({
      browser: 'chrome',
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--ignore-certificate-errors'],
      protocol: 'cdp',
      headless: true,
    })
    try {
      const page = await browser.newPage()
      const devices = await page.createCDPSession()
      await devices.send('WebAuthn.enable')
      const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          ...{ protocol: 'ctap2', transport: 'usb', automaticPresenceSimulation: true },
          ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
        },
      })
      await page.goto(`https://localhost:${https.port}/invitation`)
      await page.evaluate(inPage)
      const call = (words: string) => page.evaluate(words) as Promise<{ status: number; told: object }>

      expect(await call(`signInByPassword('${goodPassword}')`)).toMatchObject({ status: 200 })
      expect(await call(`makePasskey('${goodPassword}')`)).toMatchObject({
        status: 201,
        told: { name: 'blue key', host: 'localhost' },
      })
      for (const cookie of await browser.cookies()) await browser.deleteCookie(cookie)
      expect(await call('signInByPasskey()')).toMatchObject({ status: 200, told: { user: { name: 'olga' } } })
      expect((await browser.cookies()).map(({ name }) => name)).toEqual(['__Host-redoma'])
      await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
      await expect(call('signInByPasskey()')).rejects.toThrow('NotAllowedError')

      const [kept] = (await served.instance.catalogue.users.named('olga'))?.passkeys ?? []
      expect(kept).toMatchObject({ name: 'blue key', usedAt: expect.any(Date) as Date })
    } finally {
      await browser.close()
    }
  },
)
