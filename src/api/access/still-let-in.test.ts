import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { aBrowserOf, aUser } from '../../../test/support/users.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import { openStreams } from '../stream-events.ts'
import { admitUsers } from './admit-users.ts'

test.each([
  ['the session is ended', (served: Served) => endAll(served)],
  ['the user is disabled', async (served: Served) => (await users(served)).disable('olga')],
  ['the role is another one', async (served: Served) => (await users(served)).setRole('olga', 'guardian')],
])('who listens is cut off when %s', async (_, change) => {
  await using served = await aServedInstance()
  const olga = await aUser(served.instance, 'olga', 'operator')
  const app = new OpenAPIHono<ApiEnvironment>()
  const stream = openStreams(served.deps, 10)
  app.use(admitUsers(served.deps.instance), (context, next) => {
    context.set('needed', 'run')
    return next()
  })
  app.get('/events', (context) =>
    stream(context, async function* (signal) {
      yield { event: 'begun', data: '{}' }
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve)
      })
    }),
  )
  const answer = await app.request('/events', { headers: await aBrowserOf(served.instance, olga) })
  const reader = answer.body?.getReader()
  await reader?.read()

  await change(served)

  // Beats that were written before may still be there.
  while ((await reader?.read())?.done === false);
  expect(answer.status).toBe(200)
})

async function endAll({ instance }: Served): Promise<void> {
  const { passes } = instance.catalogue
  for (const { id } of await passes.list('session')) await passes.remove(id)
}

function users({ deps }: Served) {
  return deps.instance.as('tester').users()
}
