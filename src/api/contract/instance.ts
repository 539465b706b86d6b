import { z } from '@hono/zod-openapi'

const count = z.int().nonnegative()

/** What `redoma` alone shows, too. */
export const instance = z
  .object({
    id: z.uuid(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    isAppliance: z.boolean().openapi({ description: 'No copy may be on the instance itself.' }),
    version: z.string().openapi({ description: 'Of the program that serves it.' }),
    credentials: count,
    sources: count,
    destinations: count,
    generation: count.openapi({ description: 'The newest recovery key; 0 before the first ceremony.' }),
    runs: z.object({
      running: count,
      done: count,
      'done-with-warnings': count,
      failed: count,
      cancelled: count,
      lost: count,
    }),
  })
  .openapi('Instance')

export const health = z.object({ status: z.literal('ok') }).openapi('Health')
