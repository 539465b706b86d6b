import { createHash, randomBytes } from 'node:crypto'
import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { OpenProvider, ProviderSettings, SignInBinding } from '../../ports/identity-provider.ts'
import { type ChallengeFor, makeChallenge } from './challenge.ts'
import { type PassDeps, passOf } from './pass.ts'

export interface OpenIdDeps extends PassDeps {
  readonly openProvider: OpenProvider
}

/** The way of a browser to the provider. */
export interface OpenIdWay {
  /**
   * @param former the session that the browser has: it comes back from another site, without it
   * @returns where to send the browser, and what to give it to come back with
   * @throws RedomaError `NOT_FOUND` where there is no provider; `PROVIDER_FAILED`
   */
  begin(
    redirectUri: string,
    former: Secret | undefined,
  ): Promise<{ readonly to: URL; readonly browser: Secret }>
}

export function makeOpenIdWay(deps: OpenIdDeps): OpenIdWay {
  return {
    async begin(redirectUri, former) {
      const settings = await requireProvider(deps)
      const session = former && (await passOf(deps, 'session', former))
      const browser = new Secret([randomBytes(32).toString('base64url'), session?.id ?? ''].join('.'))
      const purpose = purposeOf(settings, redirectUri, browser)
      const state = Buffer.from(makeChallenge(deps, purpose)).toString('base64url')
      const provider = await deps.openProvider(settings)
      return { to: await provider.addressFor(bindingOf(deps, { redirectUri, state, browser })), browser }
    },
  }
}

export async function requireProvider({ catalogue }: Pick<PassDeps, 'catalogue'>): Promise<ProviderSettings> {
  const settings = await catalogue.identityProvider.get()
  if (settings !== undefined) return settings
  throw new RedomaError('NOT_FOUND', 'there is no provider to sign in by', {
    hint: 'An administrator names one: redoma config openid. There are passwords and passkeys.',
  })
}

/** What the state is good for: a way that this browser began, to this provider and back. */
export function purposeOf({ issuer }: ProviderSettings, redirectUri: string, browser: Secret): ChallengeFor {
  return ['openid', issuer, redirectUri, createHash('sha256').update(browser.reveal()).digest('hex')]
}

/**
 * Nonce and verifier are kept nowhere: they are made again of the state, of what the browser alone has, and of the key of passes, which neither
 * the browser nor the provider has.
 */
export function bindingOf(
  { catalogue }: Pick<PassDeps, 'catalogue'>,
  {
    redirectUri,
    state,
    browser,
  }: { readonly redirectUri: string; readonly state: string; readonly browser: Secret },
): SignInBinding {
  const made = (what: string): string =>
    Buffer.from(catalogue.passMac(canonicalJson([what, state, browser.reveal()])), 'hex').toString(
      'base64url',
    )
  return { redirectUri, state, nonce: made('openid nonce'), verifier: made('openid verifier') }
}

/** The id of the session that the browser had when it set out. */
export function formerOf(browser: Secret): string | undefined {
  const [, id] = browser.reveal().split('.')
  return id === undefined || id === '' ? undefined : id
}
