import { z } from '@hono/zod-openapi'
import type { CreateBackupRequest } from '../../app/create-backup.ts'
import { requestOfPlan } from '../../app/request-of-plan.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import { jobs } from '../../ports/progress.ts'
import { actorOf } from '../access/asked-by.ts'
import { idempotencyKey } from '../contract/named.ts'
import { begun, newRun } from '../contract/new-run.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { runId } from '../contract/run.ts'
import type { ApiDeps } from '../deps.ts'
import type { RunDesk } from '../runs/desk.ts'
import { followRun } from '../runs/follow-run.ts'
import type { Stream } from '../stream-events.ts'

const eventStream = { 'text/event-stream': { schema: z.string() } } as const

export function doRuns(api: Api, { instance }: ApiDeps, desk: RunDesk, stream: Stream): void {
  const { catalogue } = instance
  const start = createRoute({
    method: 'post',
    path: '/runs',
    operationId: 'startRun',
    summary: 'Begin a backup; it goes on after the answer',
    tags: ['runs'],
    'x-permission': 'run',
    request: {
      body: body(newRun),
      headers: idempotencyKey,
    },
    responses: { 202: json(begun, 'It has begun; Location says where it is.'), ...problems },
  })
  api.openapi(start, async (context) => {
    const { patienceSeconds, tags, leastShare, ...what } = context.req.valid('json')
    const id = await desk.start({
      ...(await copiesOf(catalogue, what)),
      ...{ tags, leastShare },
      patienceMs: patienceSeconds * 1000,
      actor: actorOf(context),
    })
    context.header('location', `${context.req.path}/${id}`)
    return context.json({ id }, 202)
  })

  const cancel = createRoute({
    method: 'delete',
    path: '/runs/{id}',
    operationId: 'cancelRun',
    summary: 'Stop a run that the daemon does; what it has stored by then stays',
    tags: ['runs'],
    'x-permission': 'run',
    request: { params: runId },
    responses: { 202: json(begun, 'It ends as soon as it can.'), ...problems },
  })
  api.openapi(cancel, async (context) => {
    const { id } = context.req.valid('param')
    const { state } = await catalogue.runs.get(id)
    if (desk.cancel(id, actorOf(context))) return context.json({ id }, 202)
    const why =
      state.kind === 'running' ? 'is done by another process: stop it there' : `has ended: ${state.kind}`
    throw new RedomaError('USAGE', `run ${id} ${why}`)
  })

  const follow = createRoute({
    method: 'get',
    path: '/runs/{id}/events',
    operationId: 'followRun',
    summary: 'What becomes of a run: events `run` and `progress`, then `transfers`, and `end` as the last',
    tags: ['runs'],
    'x-permission': 'view',
    request: { params: runId },
    responses: { 200: { description: 'Server-sent events.', content: eventStream }, ...problems },
  })
  api.openapi(follow, async (context) => {
    const { id } = context.req.valid('param')
    await catalogue.runs.get(id)
    return stream(context, (signal) => followRun(catalogue, desk, id, signal))
  })
}

/** What a plan says is not said again. @throws RedomaError `USAGE`, `NOT_FOUND` */
async function copiesOf(
  { plans }: Pick<Catalogue, 'plans'>,
  { plan, ...what }: Pick<z.output<typeof newRun>, 'plan' | 'jobs' | 'sources' | 'destinations'>,
): Promise<CreateBackupRequest> {
  if (plan === undefined)
    return { jobs: what.jobs ?? jobs, sources: what.sources, destinations: what.destinations ?? [] }
  const [said] = Object.entries(what).find(([, value]) => value !== undefined) ?? []
  if (said !== undefined) throw new RedomaError('USAGE', `${said} does not go with a plan: the plan says it`)
  return requestOfPlan(await plans.get(plan))
}
