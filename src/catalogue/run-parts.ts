import { z } from 'zod'
import type { ErrorCode } from '../core/errors.ts'
import type { RunPart } from '../ports/catalogue.ts'
import { jobs } from '../ports/progress.ts'
import { column, parseRow } from './rows.ts'
import type { Tables } from './tables.ts'

/*
 * What is kept of a part of a run; some of it as JSON.
 */

/** Codes are public and never removed, so one that an older Redoma wrote is known; a newer catalogue is not opened. */
const errorCode = z
  .string()
  .regex(/^[A-Z][A-Z_]+$/)
  .transform((code) => code as ErrorCode)

export const failure = z.object({ code: errorCode, message: z.string(), hint: z.string().optional() })

const partOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  z.object({
    kind: z.literal('done-with-warnings'),
    warnings: z.array(z.string()),
    isDoubtful: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('failed'), failure }),
])

const amount = z.number().nonnegative()

const figures = z.object({ items: amount, itemsNew: amount, bytes: amount, bytesStored: amount })

const partRow = z.object({
  run_id: z.int(),
  job: z.enum(jobs),
  source: z.string(),
  destination: z.string(),
  outcome: column.json(partOutcome),
  figures: column.json(figures),
  product: column.optional(z.string()),
  started_at: column.time,
  finished_at: column.time,
})

export function partOf(row: unknown): { readonly run_id: number; readonly part: RunPart } {
  const { run_id, started_at: startedAt, finished_at: finishedAt, ...part } = parseRow(partRow, row)
  return { run_id, part: { ...part, startedAt, finishedAt } }
}

export function partRowOf(run: number, position: number, part: RunPart): Tables['run_part'] {
  return {
    run_id: run,
    position,
    job: part.job,
    source: part.source,
    destination: part.destination,
    outcome: JSON.stringify(part.outcome),
    figures: JSON.stringify(part.figures),
    product: part.product ?? null,
    started_at: part.startedAt.toISOString(),
    finished_at: part.finishedAt.toISOString(),
  }
}
