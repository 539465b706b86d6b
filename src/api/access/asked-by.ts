import type { Context } from 'hono'
import { RedomaError } from '../../core/errors.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import type { Principal } from './principal.ts'

/** Who was let in. @throws RedomaError `INTERNAL` on a route that is open to anybody: there is nobody to speak of */
export function principalOf(context: Context<ApiEnvironment>): Principal {
  const principal = context.get('principal')
  if (principal === undefined) throw new RedomaError('INTERNAL', 'nobody was let in')
  return principal
}

/** Who is put into the audit trail. */
export function actorOf(context: Context<ApiEnvironment>): string {
  return principalOf(context).actor
}
