import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { SnapshotsThere } from '../../app/snapshots/look-into-snapshots.ts'
import type { ShownSnapshot } from '../../app/snapshots/shown-snapshot.ts'
import { entryName } from '../../ports/specs.ts'
import { named } from '../contract/named.ts'
import { between, order, pageOf, paging, timeFilter } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import {
  pathInSnapshot,
  pathProblem,
  snapshot,
  snapshotEntry,
  snapshotEntryJson,
  snapshotId,
  snapshotJson,
} from '../contract/snapshot.ts'
import type { ApiDeps } from '../deps.ts'
import { boundInFlight } from '../gates/bound-in-flight.ts'
import { paged, slice } from '../paging/paged.ts'

const tags = ['snapshots']
const text = z.string().max(200).optional()
/** Each has an index of the repository in memory, and its share of a processor. */
const mostAtOnce = 2

const listQuery = z.strictObject({
  ...paging,
  ...order(['time'], 'desc'),
  source: text,
  host: text,
  since: timeFilter.openapi({ description: 'Made then or later.' }),
  until: timeFilter.openapi({ description: 'Made before.' }),
})

const entriesQuery = z.strictObject({ ...paging, path: pathInSnapshot.default('/') })

const findQuery = z.strictObject({
  ...paging,
  pattern: z.string().min(1).max(200).openapi({
    description:
      '`*` and `?` stand for anything but `/`, `**` for anything; without a `/` it is compared with names, with one with whole paths.',
  }),
  snapshot: snapshotId.optional().openapi({ description: 'In this one alone; in all where none is said.' }),
  source: text,
  host: text,
})

/** What lies in the repositories of destinations: what a restore is chosen from. */
export function serveSnapshots(api: Api, { instance, stopping }: ApiDeps): void {
  const { look } = instance
  const middleware = boundInFlight(mostAtOnce)
  const untilGone = (context: Context): AbortSignal => AbortSignal.any([context.req.raw.signal, stopping])

  const list = createRoute({
    method: 'get',
    path: '/destinations/{name}/snapshots',
    operationId: 'listSnapshots',
    summary: 'System backups at a destination, the newest first',
    tags,
    middleware,
    'x-permission': 'restore',
    request: { params: named, query: listQuery },
    responses: {
      200: json(
        pageOf(snapshot).extend({
          damaged: z.array(z.object({ id: z.string(), message: z.string() })).openapi({
            description: 'Those that cannot be read: nobody knows when they were made, or of what.',
          }),
        }),
        'A page of them.',
      ),
      ...problems,
    },
  })
  api.openapi(list, async (context) => {
    const { name } = context.req.valid('param')
    const { snapshots, damaged } = await look.list(name, untilGone(context))
    const page = await paged(
      `snapshots of ${name}`,
      context.req.valid('query'),
      async (request, query) => slice(wanted(snapshots, query), placeInTime, request),
      snapshotJson,
    )
    return context.json({ ...page, damaged: [...damaged] }, 200)
  })

  const entries = createRoute({
    method: 'get',
    path: '/destinations/{name}/snapshots/{id}/entries',
    operationId: 'listSnapshotEntries',
    summary: 'What is in a folder of a snapshot, by names; of anything else, the entry itself',
    tags,
    middleware,
    'x-permission': 'restore',
    request: { params: z.object({ name: entryName, id: snapshotId }), query: entriesQuery },
    responses: { 200: json(pageOf(snapshotEntry), 'A page of them.'), ...problems },
  })
  api.openapi(entries, async (context) => {
    const { name, id } = context.req.valid('param')
    const page = await paged(
      `entries of ${id} at ${name}`,
      { ...context.req.valid('query'), sort: 'name', direction: 'asc' },
      async ({ after: [reached] = [], limit }, { path }) => {
        const after = typeof reached === 'number' ? reached : 0
        const there = await look.entries(name, { snapshot: id, path, after, limit }, untilGone(context))
        const items = there.entries
        // A snapshot never changes: so many come before, for ever.
        return there.isMore ? { items, next: [after + items.length] } : { items }
      },
      snapshotEntryJson,
    )
    return context.json(page, 200)
  })

  const find = createRoute({
    method: 'get',
    path: '/destinations/{name}/entries',
    operationId: 'findSnapshotEntries',
    summary: 'What a pattern fits in one snapshot or in all, the newest first, a few seconds of it at a time',
    tags,
    middleware,
    'x-permission': 'restore',
    request: { params: named, query: findQuery },
    responses: {
      200: json(
        pageOf(snapshotEntry).extend({
          problems: z
            .array(pathProblem)
            .openapi({ description: 'What could not be looked at; the first of it.' }),
        }),
        'What was found so far. With `next` there is more to look at, also where nothing was found yet.',
      ),
      ...problems,
    },
  })
  api.openapi(find, async (context) => {
    const { name } = context.req.valid('param')
    const wrong: z.output<typeof pathProblem>[] = []
    const page = await paged(
      `found at ${name}`,
      { ...context.req.valid('query'), sort: 'time', direction: 'desc' },
      async ({ after: [reached] = [], limit }, { pattern, snapshot: id, source, host }) => {
        const after = typeof reached === 'string' ? reached : undefined
        const search = { pattern, snapshot: id, source, host, after, limit }
        const found = await look.find(name, search, untilGone(context))
        wrong.push(...found.problems)
        return found.next === undefined
          ? { items: found.entries }
          : { items: found.entries, next: [found.next] }
      },
      snapshotEntryJson,
    )
    return context.json({ ...page, problems: wrong }, 200)
  })
}

function wanted(
  snapshots: SnapshotsThere['snapshots'],
  { source, host, ...times }: z.output<typeof listQuery>,
): ShownSnapshot[] {
  const { since, until } = between(times)
  return snapshots
    .filter((one) => source === undefined || one.source === source)
    .filter((one) => host === undefined || one.hostname === host)
    .filter((one) => since === undefined || one.time >= since)
    .filter((one) => until === undefined || one.time < until)
}

/** No two have it in common. */
function placeInTime({ time, id }: ShownSnapshot): string {
  return `${time.toISOString()} ${id}`
}
