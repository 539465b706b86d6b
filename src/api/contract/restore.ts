import { z } from '@hono/zod-openapi'
import { overwrites, type Restore, type RestoreOutcome, restoreStates } from '../../ports/restore.ts'
import { entryName } from '../../ports/specs.ts'
import { time } from './paging.ts'
import { failure } from './run.ts'
import { pathProblem, snapshotId } from './snapshot.ts'

export const restoreId = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })

/** Where a name goes up, or a line of its own would begin where people read it, nobody asks for it in good faith. */
const plainPath = z
  .string()
  .max(4096)
  .regex(/^\/\P{Cc}*$/u, 'is absolute, and has no control characters')
  .refine((path) => !path.split('/').includes('..'), 'has no ..')

/** gitignore patterns are matched by going back and forth at each `**`, which takes very long in very deep folders. */
const patterns = z
  .array(
    z
      .string()
      .min(1)
      .max(500)
      .regex(/^\P{Cc}+$/u)
      .refine((pattern) => pattern.split('**').length <= 3, 'has ** twice at most'),
  )
  .max(100)
  .default([])

/** A restore that is to begin. */
export const newRestore = z
  .strictObject({
    destination: entryName.openapi({ description: 'Whose repository it is taken from.' }),
    snapshot: z.union([z.literal('latest'), snapshotId]),
    source: z.string().max(200).optional().openapi({ description: 'Whose `latest` is meant.' }),
    host: z.string().max(200).optional(),
    path: plainPath
      .optional()
      .openapi({ description: 'A folder or file in it; all of it where none is named.' }),
    target: plainPath.openapi({
      description:
        'The folder that everything goes under. Over the network: below the restore root of the machine.',
    }),
    include: patterns.openapi({
      description: 'Only what matches, as in .gitignore; `**` twice a pattern at most.',
    }),
    exclude: patterns,
    overwrite: z.enum(overwrites).default('always').openapi({
      description: 'Files that are there already and differ.',
    }),
    delete: z.boolean().default(false).openapi({
      description: 'Remove what the snapshot does not have from the folders that are restored.',
    }),
    dryRun: z.boolean().default(false),
    verify: z.boolean().default(true).openapi({ description: 'Read back what was written, and compare.' }),
  })
  .openapi('NewRestore')

const count = z.number().nonnegative()

const outcome = z.object({
  files: count,
  bytes: count,
  unchanged: count,
  left: count,
  deleted: count,
  fetchedBytes: count,
  problemCount: count,
  problems: z.array(pathProblem).optional().openapi({ description: 'The first of them; not in a list.' }),
  entryCount: count,
  entries: z
    .array(z.object({ path: z.string(), action: z.enum(['write', 'delete']), bytes: count }))
    .optional()
    .openapi({ description: 'Of a dry run: the first of what would be done; not in a list.' }),
})

export const restore = z
  .object({
    id: z.int().positive(),
    state: z.enum(restoreStates),
    destination: z.string(),
    snapshot: z.string(),
    source: z.string(),
    hostname: z.string(),
    path: z.string().optional(),
    target: z.string(),
    include: z.array(z.string()),
    exclude: z.array(z.string()),
    overwrite: z.enum(overwrites),
    delete: z.boolean(),
    dryRun: z.boolean(),
    verify: z.boolean(),
    askedBy: z.string(),
    askedAt: time,
    startedAt: time.optional(),
    finishedAt: time.optional(),
    cancelledBy: z.string().optional(),
    failure: failure.optional(),
    outcome: outcome.optional(),
  })
  .openapi('Restore')

export function restoreJson({ id, what, state, askedBy, ...times }: Restore): z.infer<typeof restore> {
  const { askedAt, startedAt, finishedAt } = times
  return {
    id,
    state: state.kind,
    ...{ ...what, include: [...what.include], exclude: [...what.exclude] },
    askedBy,
    askedAt: askedAt.toISOString(),
    startedAt: startedAt?.toISOString(),
    finishedAt: finishedAt?.toISOString(),
    cancelledBy: state.kind === 'cancelled' ? state.by : undefined,
    failure: state.kind === 'failed' ? state.failure : undefined,
    outcome: 'outcome' in state ? outcomeJson(state.outcome) : undefined,
  }
}

/** Without what may be long. */
export function listedRestoreJson(one: Restore): z.infer<typeof restore> {
  const { outcome: all, ...rest } = restoreJson(one)
  if (all === undefined) return rest
  return { ...rest, outcome: { ...all, problems: undefined, entries: undefined } }
}

function outcomeJson({ problems, entries, ...figures }: RestoreOutcome): z.infer<typeof outcome> {
  return { ...figures, problems: [...problems], entries: [...entries] }
}
