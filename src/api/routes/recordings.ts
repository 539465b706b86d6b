import { z } from '@hono/zod-openapi'
import { RedomaError } from '../../core/errors.ts'
import { entryName } from '../../ports/specs.ts'
import { between, order, pageOf, paging, time, timeFilter } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { paged } from '../paging/paged.ts'

const copy = z
  .object({
    recordingId: z.string(),
    destination: z.string().optional().openapi({ description: 'Absent where it is registered no more.' }),
    source: z.string(),
    folder: z.string(),
    sealedAt: time,
    sha256: z.string(),
    bytes: z.int().nonnegative(),
    generation: z.int().positive().openapi({ description: 'The recovery key that opens it.' }),
    summary: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .openapi('RecordingCopy')

export function serveRecordings(api: Api, { instance: { catalogue } }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/recordings',
    operationId: 'listRecordings',
    summary: 'Sealed copies of recordings, the newest first; what was typed or shown is in none',
    tags: ['recordings'],
    'x-permission': 'view-recordings',
    request: {
      query: z.strictObject({
        ...paging,
        ...order(['sealedAt'], 'desc'),
        destination: entryName.optional(),
        source: z.string().max(200).optional(),
        since: timeFilter,
        until: timeFilter,
      }),
    },
    responses: { 200: json(pageOf(copy), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const destinations = await catalogue.destinations.list()
    const names = new Map(destinations.map(({ id, name }) => [id, name]))
    const page = await paged(
      'recordings',
      context.req.valid('query'),
      (request, { destination, source, since, until }) => {
        const destinationId = destinations.find(({ name }) => name === destination)?.id
        if (destination !== undefined && destinationId === undefined)
          throw new RedomaError('NOT_FOUND', `there is no destination ${JSON.stringify(destination)}`)
        return catalogue.recordings.page({ destinationId, source, ...between({ since, until }) }, request)
      },
      ({ recordingId, destinationId, source, folder, sealedAt, sha256, bytes, generation, summary }) => ({
        ...{ recordingId, source, folder, sha256, bytes, generation },
        destination: names.get(destinationId),
        sealedAt: sealedAt.toISOString(),
        summary: { ...summary },
      }),
    )
    return context.json(page, 200)
  })
}
