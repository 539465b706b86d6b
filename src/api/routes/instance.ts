import { instance } from '../contract/instance.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'

export function serveInstance(api: Api, { instance: { catalogue }, version }: ApiDeps): void {
  const route = createRoute({
    method: 'get',
    path: '/instance',
    operationId: 'getInstance',
    summary: 'The instance, and how much it has',
    tags: ['instance'],
    'x-permission': 'view',
    responses: { 200: json(instance, 'The instance.'), ...problems },
  })
  api.openapi(route, async (context) => {
    const { id, name, createdAt, isAppliance } = catalogue.instance
    const [credentials, sources, destinations, generation, runs] = await Promise.all([
      catalogue.credentials.count(),
      catalogue.sources.list(),
      catalogue.destinations.list(),
      catalogue.generations.current(),
      catalogue.runs.count(),
    ])
    return context.json(
      {
        ...{ id, name, createdAt: createdAt.toISOString(), isAppliance, version, credentials, runs },
        sources: sources.length,
        destinations: destinations.length,
        generation: generation?.number ?? 0,
      },
      200,
    )
  })
}
