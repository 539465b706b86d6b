import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { client } from './certified.ts'
import { type Listening, listening } from './listening.ts'

/** What it does otherwise than a good one. */
export interface Lies {
  /** Of the ID token. */
  claims?: Readonly<Record<string, unknown>>
  /** Of `/userinfo`. */
  info?: Readonly<Record<string, unknown>>
  isSignedByAnother?: boolean
  isUnsigned?: boolean
  /** Of the address where codes are taken. */
  token?: { readonly status: number; readonly body: string }
  /** Of its description. */
  described?: Readonly<Record<string, unknown>>
  description?: { readonly status: number; readonly body: string; readonly type?: string }
}

export interface LyingProvider extends Listening {
  readonly lies: Lies
  /** Paths that were asked for. */
  readonly asked: string[]
  /** Lets somebody in without asking, and gives the address to which it sends a browser that came `at` it. */
  sendBack(at: URL): URL
}

/** One that takes any code, any number of times, and says of whoever comes what it was told to say. */
export async function lyingProvider(home: string): Promise<LyingProvider> {
  const lies: Lies = {}
  const asked: string[] = []
  let nonce = ''
  const [own, other] = [rsa(), rsa()]
  const served = await listening(home, (origin) => (request, response) => {
    const path = new URL(request.url ?? '', origin).pathname
    asked.push(path)
    request.resume()
    answer(
      { origin, path, lies, nonce, key: lies.isSignedByAnother === true ? other : own, shown: own },
      response,
    )
  })
  return {
    ...{ ...served, lies, asked },
    sendBack(at) {
      nonce = at.searchParams.get('nonce') ?? ''
      const back = new URL(at.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', 'any')
      back.searchParams.set('state', at.searchParams.get('state') ?? '')
      return back
    },
  }
}

interface Asked {
  readonly origin: string
  readonly path: string
  readonly lies: Lies
  readonly nonce: string
  readonly key: KeyObject
  readonly shown: KeyObject
}

function answer({ origin, path, lies, nonce, key, shown }: Asked, response: ServerResponse): void {
  const say = (status: number, body: string, type = 'application/json'): void => {
    response.writeHead(status, { 'content-type': type }).end(body)
  }
  if (path === '/.well-known/openid-configuration') {
    const { status, body, type } = lies.description ?? {
      status: 200,
      body: JSON.stringify(described(origin, lies)),
    }
    say(status, body, type)
  } else if (path === '/token') {
    const id_token = tokenOf({ iss: origin, nonce, ...lies.claims }, key, lies.isUnsigned === true)
    const body = JSON.stringify({ access_token: 'an-access-token', token_type: 'Bearer', id_token })
    say(lies.token?.status ?? 200, lies.token?.body ?? body)
  } else if (path === '/jwks') {
    const { n, e } = shown.export({ format: 'jwk' })
    say(200, JSON.stringify({ keys: [{ kty: 'RSA', alg: 'RS256', use: 'sig', kid: '1', n, e }] }))
  } else say(200, JSON.stringify({ sub: 'sub-1', ...lies.info }))
}

function described(origin: string, { described: more }: Lies): object {
  return {
    ...{ issuer: origin, authorization_endpoint: `${origin}/auth`, token_endpoint: `${origin}/token` },
    ...{ jwks_uri: `${origin}/jwks`, userinfo_endpoint: `${origin}/userinfo` },
    ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
    id_token_signing_alg_values_supported: ['RS256'],
    ...more,
  }
}

function tokenOf(claims: object, key: KeyObject, isUnsigned: boolean): string {
  const now = Math.floor(Date.now() / 1000)
  const said = { sub: 'sub-1', aud: client.id, iat: now, exp: now + 300, ...claims }
  const header = isUnsigned ? { alg: 'none' } : { alg: 'RS256', kid: '1' }
  const text = [header, said].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${isUnsigned ? '' : sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

function rsa(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
}
