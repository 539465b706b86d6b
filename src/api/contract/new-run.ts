import { z } from '@hono/zod-openapi'
import { jobs } from '../../ports/progress.ts'
import { entryName } from '../../ports/specs.ts'

/** A backup that is to begin. */
export const newRun = z
  .strictObject({
    plan: entryName
      .optional()
      .openapi({ description: 'What this plan says, now. It says jobs, sources and destinations.' }),
    jobs: z
      .array(z.enum(jobs))
      .min(1)
      .max(3)
      .optional()
      .openapi({ description: 'All of them where none is named.' }),
    sources: z.array(entryName).max(1000).optional().openapi({
      description: 'Of these alone; of all where none is named. A bundle is of the whole vault.',
    }),
    destinations: z
      .array(entryName)
      .max(1000)
      .optional()
      .openapi({ description: 'To these alone; to all where none is named.' }),
    tags: z
      .array(z.string().regex(/^[^,\p{Cc}]{1,100}$/u))
      .max(20)
      .default([])
      .openapi({ description: 'Of the snapshots.' }),
    leastShare: z.number().min(0).max(1).default(0.5).openapi({
      description: 'How much of the credentials of the bundle before must be left for a new one.',
    }),
    patienceSeconds: z
      .int()
      .min(0)
      .max(31 * 86_400)
      .default(60)
      .openapi({
        description: 'How long others are waited for who work on a repository.',
      }),
  })
  .openapi('NewRun')

/** Its number. */
export const begun = z.object({ id: z.int().positive() }).openapi('BegunRun')
