import { z } from 'zod'
import type { RunProgress, Transferred } from '../../ports/run-progress.ts'
import { runStates } from './run.ts'

/*
 * What the events of a run have in them. An event of another name may come some day, and is passed over.
 */

const count = z.int().nonnegative()
const amount = z.number().nonnegative()
const remark = { subject: z.string(), message: z.string() }

export const runProgress = z.object({
  steps: count,
  step: z.string().optional(),
  unit: z.enum(['bytes', 'files', 'records', 'none']).optional(),
  done: amount,
  total: amount.optional(),
  detail: z.string().optional(),
  waiting: z.object({ ...remark, until: z.iso.datetime().transform((text) => new Date(text)) }).optional(),
  warnings: count,
  lastWarnings: z.array(z.object(remark)),
})

/** As JSON has it. */
export function runProgressJson(progress: RunProgress): z.input<typeof runProgress> {
  const { waiting, lastWarnings, ...rest } = progress
  return {
    ...rest,
    waiting: waiting && { ...waiting, until: waiting.until.toISOString() },
    lastWarnings: [...lastWarnings],
  }
}

const transferred = z.object({
  location: z.string(),
  bytesUp: amount,
  upMs: amount,
  bytesDown: amount,
  downMs: amount,
  retries: count,
}) satisfies z.ZodType<Transferred>

export const transfers = z.array(transferred)

export const runEnd = z.object({ id: z.int().positive(), state: z.enum(runStates) })
