import type { ClientAuth, Configuration, IDToken, UserInfoResponse } from 'openid-client'
import type { Clock } from '../../ports/clock.ts'
import type { IdentityProvider, OpenProvider, ProviderSettings } from '../../ports/identity-provider.ts'
import { askProvider, requireSafe } from './ask-provider.ts'
import { failureOf, refusalOf } from './failures.ts'

type Library = typeof import('openid-client')

/** For each request. */
const patienceSeconds = 10
/** How long what a provider says of itself is believed: who asks again and again makes nobody ask it each time. */
const describedForMs = 10 * 60_000

/**
 * Providers by OpenID Connect Core 1.0: the code flow with PKCE, state and nonce; the signature of the ID token is checked by the provider's keys although it
 * comes straight from it. No token outlives the request that it came in.
 */
export function makeOpenProvider(clock: Pick<Clock, 'now'>): OpenProvider {
  let known:
    | { readonly of: string; readonly until: number; readonly described: Promise<Configuration> }
    | undefined
  const describe = (library: Library, settings: ProviderSettings): Promise<Configuration> => {
    const of = JSON.stringify([{ ...settings, clientSecret: settings.clientSecret.reveal() }])
    const now = clock.now().getTime()
    if (known?.of === of && known.until > now && known.until <= now + describedForMs) return known.described
    const described = discover(library, settings)
    const mine = { of, until: now + describedForMs, described }
    known = mine
    described.catch(() => {
      if (known === mine) known = undefined
    })
    return described
  }
  return async (settings) => {
    // Who signs in otherwise does not wait until it is read.
    const library = await import('openid-client')
    return openIdProvider(library, settings, () => describe(library, settings))
  }
}

function openIdProvider(
  library: Library,
  settings: ProviderSettings,
  describe: () => Promise<Configuration>,
): IdentityProvider {
  const { userClaim } = settings
  return {
    issuer: async () => (await describe()).serverMetadata().issuer,
    async addressFor({ redirectUri, state, nonce, verifier }) {
      const config = await describe()
      try {
        const url = library.buildAuthorizationUrl(config, {
          ...{ redirect_uri: redirectUri, scope: scopeFor(userClaim), state, nonce },
          code_challenge: await library.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        })
        requireSafe(url)
        return url
      } catch (error) {
        throw failureOf(error, settings.issuer)
      }
    },
    async identityBy(answer, { state, nonce, verifier }) {
      const config = await describe()
      try {
        const tokens = await library.authorizationCodeGrant(config, answer, {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) throw new TypeError('no ID token')
        const { iss: issuer, sub: subject } = claims
        const ask = () => library.fetchUserInfo(config, tokens.access_token, subject)
        const isAsked = config.serverMetadata().userinfo_endpoint !== undefined
        return {
          ...{ issuer, subject },
          async name() {
            const given = reliable(claims, userClaim)
            if (given !== undefined || !isAsked) return given
            const more = await ask().catch((error: unknown) => {
              throw refusalOf(error, settings.issuer)
            })
            return reliable(more, userClaim)
          },
        }
      } catch (error) {
        throw refusalOf(error, settings.issuer)
      }
    },
  }
}

async function discover(library: Library, settings: ProviderSettings): Promise<Configuration> {
  const { issuer, clientId, clientSecret, certificates } = settings
  const url = new URL(issuer)
  const isInClear = url.protocol === 'http:'
  requireSafe(url)
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only to stand out; it is for this machine alone, as requireSafe sees to at each request.
  const { enableNonRepudiationChecks, allowInsecureRequests } = library
  return library
    .discovery(url, clientId, {}, authenticate(library, clientSecret.reveal()), {
      timeout: patienceSeconds,
      [library.customFetch]: askProvider(certificates),
      execute: [enableNonRepudiationChecks, ...(isInClear ? [allowInsecureRequests] : [])],
    })
    .catch((error: unknown) => {
      throw failureOf(error, issuer)
    })
}

/** As the provider takes it; what it says nothing of is the form that is the usual one (OpenID Connect Discovery 1.0, 3). */
function authenticate({ ClientSecretBasic, ClientSecretPost }: Library, secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, ...rest) => {
    const { token_endpoint_auth_methods_supported: ways = ['client_secret_basic'] } = server
    const way = ways.includes('client_secret_basic') ? basic : post
    way(server, ...rest)
  }
}

/** No more than is needed (OpenID Connect Core 1.0, 5.4). */
function scopeFor(userClaim: string): string {
  if (userClaim === 'sub') return 'openid'
  return userClaim.startsWith('email') ? 'openid email' : 'openid profile email'
}

/** An address that the provider has not verified is what somebody typed there. */
function reliable(claims: IDToken | UserInfoResponse, userClaim: string): string | undefined {
  const value: unknown = claims[userClaim]
  if (typeof value !== 'string' || value === '') return undefined
  return userClaim === 'email' && claims.email_verified !== true ? undefined : value
}
