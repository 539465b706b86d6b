import { isIP } from 'node:net'
import type { Context } from 'hono'
import type { RelyingParty } from '../../app/users/passkeys.ts'
import { RedomaError } from '../../core/errors.ts'

/**
 * The name by which the instance was asked, which is one of its own (`knownHosts` lets no other through), whatever proxy stands between: it has to leave the
 * Host header as it is. A passkey is for that name; what page it was used on the browser says, and no page can change that.
 *
 * @throws RedomaError `USAGE` where it is asked by an address, which no passkey is for (WebAuthn level 3, 5.1.3)
 */
export function relyingPartyOf(context: Context): RelyingParty {
  const { hostname: host, port } = new URL(context.req.url)
  if (host.startsWith('[') || isIP(host) !== 0)
    throw new RedomaError(
      'USAGE',
      `passkeys are for a name, and this instance was asked by its address ${host}`,
      {
        hint: 'Open it by a name that its certificate has: redoma config https --help',
      },
    )
  return { host, origin: `https://${host}${port === '' || port === '443' ? '' : `:${port}`}` }
}
