import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { jobs } from './progress.ts'
import { entryName } from './specs.ts'

/*
 * The parsers of what describes a plan, wherever it comes from: the catalogue's rows, a configuration file. What its expressions mean is
 * for src/scheduling to say.
 */

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is not a time of the day: HH:MM')
const seconds = (most: number): z.ZodInt => z.int().nonnegative().max(most)
const day = 86_400

export const hook = z.strictObject({
  argv: z
    .array(
      z
        .string()
        .max(100_000)
        .refine((word) => !word.includes('\0'), 'holds a NUL'),
    )
    .min(1)
    .max(1000)
    .refine(([program = '']) => isAbsolute(program), 'does not begin with the absolute path of a program'),
  limitSeconds: z.int().min(1).max(day),
})

export const schedule = z.strictObject({
  cron: z.string().min(1).max(200).optional(),
  timeZone: z.string().min(1).max(100),
  jitterSeconds: seconds(day).default(0),
  windows: z
    .array(z.strictObject({ from: time, to: time }))
    .max(24)
    .default([]),
  afterChangesSeconds: seconds(7 * day).optional(),
  leastSecondsBetween: seconds(366 * day).default(0),
})

const names = z.array(entryName).max(1000).default([])

export const planSpec = z.strictObject({
  jobs: z.array(z.enum(jobs)).min(1),
  sources: names,
  destinations: names,
  schedule,
  hooks: z.strictObject({ before: hook.optional(), after: hook.optional() }).default({}),
})
