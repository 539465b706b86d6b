import type { Context } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import type { ServedInstance } from '../deps.ts'
import { programByToken, userBySession } from './principal.ts'

/** Whether who listens to an answer that goes on would be let in now, too: a session may be over, a token revoked, a role another one. */
export async function isStillLetIn(
  context: Context<ApiEnvironment>,
  { access }: Pick<ServedInstance, 'access'>,
): Promise<boolean> {
  const principal = context.get('principal')
  if (principal === undefined || principal.way === 'socket') return true
  const { sessions } = await access()
  const admitted = await sessions.again(principal.admitted.pass.id)
  if (admitted === undefined) return false
  const now = principal.way === 'session' ? userBySession(admitted) : programByToken(admitted)
  const needed = context.get('needed')
  return needed === undefined || now.permissions.has(needed)
}
