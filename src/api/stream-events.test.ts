import { OpenAPIHono } from '@hono/zod-openapi'
import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../test/support/served.ts'
import { aBrowserOf, aUser } from '../../test/support/users.ts'
import { admitUsers } from './access/admit-users.ts'
import type { ApiEnvironment } from './contract/route.ts'
import { answerProblem } from './problems/answer-problem.ts'
import { openStreams } from './stream-events.ts'

describe('streams of events', () => {
  test('are not opened for who asks for their head only', async () => {
    await using world = await aWorld()
    const headers = await world.browserOf('olga')

    for (let times = 0; times < 40; times++)
      expect((await world.app.request('/events', { method: 'HEAD', headers })).status).toBe(200)

    expect(world.listening()).toBe(0)
    expect((await world.app.request('/events', { headers })).status).toBe(200)
  })

  test('are so many of one user, and leave room for others; who has gone makes room again', async () => {
    await using world = await aWorld()
    const [olga, oleg] = [await world.browserOf('olga'), await world.browserOf('oleg')]
    const open = async (headers: Record<string, string>): Promise<Response> =>
      world.app.request('/events', { headers })

    const opened = await Promise.all(Array.from({ length: 8 }, () => open(olga)))
    expect(opened.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect([(await open(olga)).status, (await open(oleg)).status]).toEqual([503, 200])
    await opened[0]?.body?.cancel()

    await expect.poll(async () => (await open(olga)).status).toBe(200)
  })

  test('end for who is there and reads nothing', async () => {
    await using world = await aWorld()

    const answer = await world.app.request('/flood', { headers: await world.browserOf('olga') })

    expect(answer.status).toBe(200)
    await expect.poll(() => world.listening()).toBe(0)
  })
})

interface World extends Served {
  readonly app: OpenAPIHono<ApiEnvironment>
  browserOf(name: string): Promise<Record<string, string>>
  /** How many streams are told of events now. */
  listening(): number
}

async function aWorld(): Promise<World> {
  const served = await aServedInstance()
  let listening = 0
  const app = new OpenAPIHono<ApiEnvironment>()
  const stream = openStreams(served.deps, 10)
  app.onError((error, context) => answerProblem(context, error, served.deps.instance.log))
  app.use(admitUsers(served.deps.instance), (context, next) => {
    context.set('needed', 'list')
    return next()
  })
  const until = async (signal: AbortSignal): Promise<void> => {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve)
    })
  }
  const told = (event: string, endless: boolean) =>
    async function* (signal: AbortSignal) {
      listening += 1
      try {
        do yield { event, data: '{}' }
        while (endless && !signal.aborted)
        await until(signal)
      } finally {
        listening -= 1
      }
    }
  app.get('/events', (context) => stream(context, told('begun', false)))
  app.get('/flood', (context) => stream(context, told('more', true)))
  return {
    ...served,
    app,
    browserOf: async (name) => aBrowserOf(served.instance, await aUser(served.instance, name, 'operator')),
    listening: () => listening,
  }
}
