import { OpenAPIHono, z } from '@hono/zod-openapi'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import { health } from '../contract/instance.ts'
import { problems } from '../contract/problem.ts'
import { type Api, type ApiEnvironment, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { gatherMetrics } from '../metrics/gather-metrics.ts'
import { metricsType, writeMetrics } from '../metrics/write-metrics.ts'

/** What programs that watch ask for. No secret, and nothing that changes anything: these alone may be had by TCP. */
export function operations(deps: ApiDeps): Api {
  const api = new OpenAPIHono<ApiEnvironment>()
  const ok = { status: 'ok' } as const
  api.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      operationId: 'getHealth',
      summary: 'Whether the daemon lives',
      tags: ['operations'],
      'x-permission': 'anyone',
      responses: { 200: json(health, 'It answers.'), ...problems },
    }),
    (context) => context.json(ok, 200),
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/readyz',
      operationId: 'getReadiness',
      summary: 'Whether it can take work: the catalogue can be read, and it is not being stopped',
      tags: ['operations'],
      'x-permission': 'anyone',
      responses: { 200: json(health, 'It can.'), ...problems },
    }),
    async (context) => {
      if (deps.stopping.aborted) throw new RedomaError('CANCELLED', 'the daemon is being stopped')
      await requireReadable(deps.instance.catalogue)
      return context.json(ok, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/metrics',
      operationId: 'getMetrics',
      summary: 'Figures for Prometheus, in its text format',
      tags: ['operations'],
      'x-permission': 'list',
      responses: {
        200: {
          description: 'The figures.',
          content: { [metricsType]: { schema: z.string() } },
        },
        ...problems,
      },
    }),
    async (context) =>
      context.text(writeMetrics(await gatherMetrics(deps)), 200, { 'content-type': metricsType }),
  )
  return api
}

/** @throws RedomaError */
async function requireReadable({ runs }: Catalogue): Promise<void> {
  try {
    await runs.list(1)
  } catch (error) {
    throw isRedomaError(error)
      ? error
      : new RedomaError('CATALOGUE_DAMAGED', 'the catalogue cannot be read', { cause: error })
  }
}
