import { z } from 'zod'
import { conditions, type ProbeFindings } from '../ports/destination-state.ts'
import { failure } from './run-parts.ts'

/*
 * What the tables of destinations' states have in common.
 */

export const condition = z.enum(conditions)

export const amountOfBytes = z.number().nonnegative()

export const probeFindings: z.ZodType<ProbeFindings> = z.object({
  tookMs: z.number().nonnegative(),
  failure: failure.optional(),
  space: z.object({ freeBytes: amountOfBytes, totalBytes: amountOfBytes }).optional(),
  daysLeft: z.number().nonnegative().optional(),
})
