import { z } from '@hono/zod-openapi'
import { forecastFull } from '../../app/watch/forecast-full.ts'
import type { DestinationRecord } from '../../ports/catalogue.ts'
import { conditions, type DestinationWatch } from '../../ports/destination-state.ts'
import { destinationSpec } from '../../ports/specs.ts'
import { time } from './paging.ts'
import { failure } from './run.ts'

const watch = z
  .object({
    condition: z.enum([...conditions, 'unknown']),
    since: time,
    probedAt: time.optional(),
    latencyMs: z.number().optional(),
    space: z.object({ freeBytes: z.number(), totalBytes: z.number() }).optional(),
    failure: failure.optional(),
    daysLeft: z.number().optional().openapi({ description: 'Until it is full, where that can be told.' }),
  })
  .openapi('DestinationState')

export const destination = z
  .object({
    id: z.uuid(),
    name: z.string(),
    spec: destinationSpec,
    repositoryId: z.string().optional(),
    createdAt: time,
    state: watch.optional().openapi({ description: 'Absent before the first probe.' }),
  })
  .openapi('Destination')

/** Never its repository's password. */
export function destinationJson(
  { id, name, spec, repositoryId, createdAt }: DestinationRecord,
  known: DestinationWatch | undefined,
): z.infer<typeof destination> {
  return {
    ...{ id, name, repositoryId, createdAt: createdAt.toISOString() },
    spec: spec as z.infer<typeof destinationSpec>,
    state: known && watchJson(known),
  }
}

function watchJson({ state, findings, room }: DestinationWatch): z.infer<typeof watch> {
  return {
    condition: state.condition,
    since: state.since.toISOString(),
    probedAt: state.recent.at(-1)?.at.toISOString(),
    latencyMs: findings?.tookMs,
    space: findings?.space,
    failure: findings?.failure,
    daysLeft: forecastFull(room),
  }
}
