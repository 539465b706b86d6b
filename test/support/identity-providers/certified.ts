import { generateKeyPairSync } from 'node:crypto'
import Provider from 'oidc-provider'
import { askProvider } from '../../../src/providers/openid/ask-provider.ts'
import { type Listening, listening } from './listening.ts'

export const client = { id: 'redoma', secret: 'a-secret-of-the-client-that-nobody-sees' }
export const redirectUri = 'https://localhost/api/v1/session/openid/callback'

export interface CertifiedProvider extends Listening {
  /** What it says of who signs in, by the name that is typed there, which is its `sub`. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>
  /** Goes there as a browser does, signs in, and gives the address to which the provider sends it back. */
  signInThere(at: URL, login: string): Promise<URL>
}

/** A provider that is certified to be one (`oidc-provider`), with its own form for signing in, where any password does. */
export async function certifiedProvider(home: string): Promise<CertifiedProvider> {
  const people = new Map<string, Readonly<Record<string, unknown>>>()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const served = await listening(home, (origin) => {
    const provider = new Provider(origin, {
      clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig' }] },
      cookies: { keys: ['a key of this test'] },
      ttl: { AccessToken: 300, Grant: 300, IdToken: 300, Interaction: 300, Session: 300 },
      claims: { profile: ['preferred_username'], email: ['email', 'email_verified'] },
      findAccount: (_, accountId) => ({
        accountId,
        claims: () => ({ sub: accountId, ...people.get(accountId) }),
      }),
    })
    const answer = provider.callback()
    return (request, response) => void answer(request, response)
  })
  return { ...served, people, signInThere: (at, login) => signInThere(served, at, login) }
}

/** A sign-in has a dozen steps; one that goes on and on leads nowhere. */
const mostSteps = 20

async function signInThere({ certificates, origin }: Listening, at: URL, login: string): Promise<URL> {
  const ask = askProvider(certificates)
  const jar = new Map<string, string>()
  let next: { readonly url: URL; readonly form?: URLSearchParams } = { url: at }
  for (let step = 0; step < mostSteps; step += 1) {
    const { url, form } = next
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await ask(url.href, {
      ...{ method: form === undefined ? 'GET' : 'POST', headers: { cookie, ...type } },
      ...{ body: form, redirect: 'manual' as const },
    })
    for (const text of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      jar.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location !== null) {
      const to = new URL(location, url)
      if (to.origin !== origin) return to
      next = { url: to }
      continue
    }
    const page = await answer.text()
    const [, action] = /<form[^>]* action="([^"]+)"/.exec(page) ?? []
    const [, prompt] = /name="prompt" value="([a-z]+)"/.exec(page) ?? []
    if (action === undefined || prompt === undefined)
      throw new Error(`no form (${answer.status}): ${page.slice(0, 300)}`)
    next = { url: new URL(action, url), form: new URLSearchParams({ prompt, login, password: 'any' }) }
  }
  throw new Error('the provider sends a browser round and round')
}
