import type { Context } from 'hono'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { Admit } from '../admission.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import type { ServedInstance } from '../deps.ts'
import { requireOwnOrigin } from './own-origin.ts'
import { type Principal, programByToken, userBySession } from './principal.ts'
import { readSessionCookie } from './session-cookie.ts'

const harmless = ['GET', 'HEAD']

/** For a listener that others reach: users with the cookie of a session, programs with a token (`Authorization: Bearer`). */
export function admitUsers({ access }: Pick<ServedInstance, 'access'>): Admit {
  return async (context, next) => {
    context.set('principal', await whoAsks(context, access))
    await next()
  }
}

async function whoAsks(
  context: Context<ApiEnvironment>,
  access: ServedInstance['access'],
): Promise<Principal> {
  const { sessions } = await access()
  const header = context.req.header('authorization')
  if (header !== undefined) {
    const [, token] = /^Bearer +(\S{1,200})$/i.exec(header) ?? []
    const admitted = token === undefined ? undefined : await sessions.find('token', new Secret(token))
    if (admitted !== undefined) return programByToken(admitted)
    throw new RedomaError('NOT_SIGNED_IN', 'this token was revoked, has expired, or is none')
  }
  const cookie = readSessionCookie(context)
  if (cookie === undefined) throw new RedomaError('NOT_SIGNED_IN', 'nobody has said who asks')
  if (!harmless.includes(context.req.method)) requireOwnOrigin(context, false)
  const admitted = await sessions.find('session', cookie)
  if (admitted === undefined) throw new RedomaError('NOT_SIGNED_IN', 'this session is over')
  return userBySession(admitted)
}
