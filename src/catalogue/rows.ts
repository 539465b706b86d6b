import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'

/*
 * Every row is parsed when it is read: the file may have been written by an intruder, a broken disk, or a version of
 * Redoma with a fault.
 */

/** @throws RedomaError `CATALOGUE_DAMAGED`, without the value that is wrong */
export function parseRow<Schema extends z.ZodType>(schema: Schema, row: unknown): z.output<Schema> {
  const parsed = schema.safeParse(row)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new RedomaError(
    'CATALOGUE_DAMAGED',
    `a row of the catalogue: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  )
}

/** Kinds of columns. */
export const column = {
  time: z.iso.datetime().transform((text) => new Date(text)),
  bytes: z.instanceof(Uint8Array),
  count: z.int().nonnegative(),
  json,
  optional,
}

/** A text that is JSON of this shape. */
function json<Schema extends z.ZodType>(schema: Schema): z.ZodType<z.output<Schema>> {
  return z.string().transform(parseJson).pipe(schema)
}

/** Absent as null. */
function optional<Schema extends z.ZodType>(schema: Schema): z.ZodType<z.output<Schema> | undefined> {
  return schema.nullable().transform((value) => value ?? undefined)
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
}
