import type { Context } from 'hono'
import { RedomaError } from '../../core/errors.ts'

/**
 * That it is no page of somebody else's which makes a browser ask in the name of whoever it has a session of. Browsers say of each request
 * which page makes it, and no page can change that (Fetch Metadata; RFC 6454). What says nothing is no browser.
 *
 * @param isSilentGood whether what is no browser may ask
 * @throws RedomaError `NOT_ALLOWED`
 */
export function requireOwnOrigin(context: Context, isSilentGood: boolean): void {
  const site = context.req.header('sec-fetch-site')
  const origin = context.req.header('origin')
  const isOwn =
    site === undefined
      ? origin === undefined
        ? isSilentGood
        : hostOf(origin) === new URL(context.req.url).host
      : site === 'same-origin'
  if (!isOwn)
    throw new RedomaError('NOT_ALLOWED', 'another page asks for this in the name of who looks at it')
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host
}
