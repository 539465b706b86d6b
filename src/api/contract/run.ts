import { z } from '@hono/zod-openapi'
import type { PartOutcome, Run, RunPart } from '../../ports/catalogue.ts'
import { jobs } from '../../ports/progress.ts'
import { time } from './paging.ts'

export const runId = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })

export const runStates = ['running', 'done', 'done-with-warnings', 'failed', 'cancelled', 'lost'] as const

export const failure = z
  .object({ code: z.string(), message: z.string(), hint: z.string().optional() })
  .openapi('Failure')

const amount = z.number().nonnegative()

const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  z.object({
    kind: z.literal('done-with-warnings'),
    warnings: z.array(z.string()),
    isDoubtful: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('failed'), failure }),
])

const part = z
  .object({
    job: z.enum(jobs),
    source: z.string(),
    destination: z.string(),
    outcome,
    figures: z.object({ items: amount, itemsNew: amount, bytes: amount, bytesStored: amount }),
    product: z.string().optional().openapi({ description: 'Name of the bundle, or id of the snapshot.' }),
    startedAt: time,
    finishedAt: time,
  })
  .openapi('RunPart')

export const run = z
  .object({
    id: z.int().positive(),
    state: z.enum(runStates),
    startedAt: time,
    finishedAt: time.optional(),
    cancelledBy: z.string().optional().openapi({ description: 'Who stopped it.' }),
    planId: z.uuid().optional(),
    dueAt: time
      .optional()
      .openapi({ description: 'What its plan was due at; absent when it was begun by hand.' }),
    remarks: z
      .array(z.string())
      .openapi({ description: 'What is wrong with the run itself, a sentence each.' }),
    parts: z.array(part),
  })
  .openapi('Run')

export function runJson({ id, state, startedAt, planId, dueAt, remarks, parts }: Run): z.infer<typeof run> {
  return {
    id,
    state: state.kind,
    startedAt: startedAt.toISOString(),
    finishedAt: 'finishedAt' in state ? state.finishedAt.toISOString() : undefined,
    cancelledBy: state.kind === 'cancelled' ? state.by : undefined,
    planId,
    dueAt: dueAt?.toISOString(),
    remarks: [...remarks],
    parts: parts.map(partJson),
  }
}

function partJson({ outcome: how, startedAt, finishedAt, ...rest }: RunPart): z.infer<typeof part> {
  return {
    ...rest,
    outcome: outcomeJson(how),
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
  }
}

function outcomeJson(how: PartOutcome): z.infer<typeof outcome> {
  return how.kind === 'done-with-warnings' ? { ...how, warnings: [...how.warnings] } : how
}
