import { RedomaError } from '../../core/errors.ts'
import type { OpenProvider, ProviderSettings } from '../../ports/identity-provider.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'

/** What the configuration says of the provider by which users sign in. */
export interface KeepProvider {
  /**
   * Asks it first what it says of itself.
   *
   * @returns as it is kept: with the name that the provider has for itself
   * @throws RedomaError `USAGE`, `PROVIDER_FAILED`
   */
  set(settings: ProviderSettings): Promise<ProviderSettings>
  /** Nobody signs in by it any more; whom it stands for is remembered. */
  remove(): Promise<void>
  /** @throws RedomaError `NOT_FOUND`, `PROVIDER_FAILED` */
  test(): Promise<void>
}

export interface KeepProviderDeps extends AuditedDeps {
  readonly openProvider: OpenProvider
}

export function makeKeepProvider(deps: KeepProviderDeps): KeepProvider {
  const { identityProvider } = deps.catalogue
  const audited = (action: string, detail: string) => auditEntry(deps, `openid.${action}`, 'openid', detail)
  return {
    async set(wanted) {
      requireIssuer(wanted.issuer)
      if (!/^[\x21-\x7e]{1,200}$/.test(wanted.clientId))
        throw new RedomaError('USAGE', 'a client ID has 1 to 200 visible characters')
      if (!/^[A-Za-z0-9_:./-]{1,100}$/.test(wanted.userClaim))
        throw new RedomaError('USAGE', `${JSON.stringify(wanted.userClaim)} is no name of a claim`, {
          hint: 'preferred_username, email …',
        })
      const issuer = await (await deps.openProvider(wanted)).issuer()
      const settings = { ...wanted, issuer }
      const detail = `${issuer}, client ${wanted.clientId}, users by ${wanted.userClaim}`
      await identityProvider.set(settings, audited('set', detail))
      return settings
    },
    remove: () => identityProvider.set(undefined, audited('remove', '')),
    async test() {
      const settings = await identityProvider.get()
      if (settings === undefined) throw new RedomaError('NOT_FOUND', 'there is no provider to sign in by')
      await (await deps.openProvider(settings)).issuer()
    },
  }
}

function requireIssuer(text: string): void {
  const url = URL.parse(text)
  const isPlain =
    url !== null && [url.username, url.password, url.search, url.hash].every((part) => part === '')
  if (isPlain && (url.protocol === 'https:' || url.protocol === 'http:')) return
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not the address of a provider`, {
    hint: 'As it names itself (issuer): https://login.example.com/realms/staff',
  })
}
