import { z } from '@hono/zod-openapi'

/** A page of a list: what is in it, and where the next one begins. */
export function pageOf<Schema extends z.ZodType>(
  item: Schema,
): z.ZodObject<{ items: z.ZodArray<Schema>; next: z.ZodOptional<z.ZodString> }> {
  return z.object({
    items: z.array(item),
    next: z
      .string()
      .optional()
      .openapi({ description: 'The `cursor` of the next page; absent: there is none.' }),
  })
}

export const mostPerPage = 500

/** What every list takes, beside its own filters. A parameter that is not known is refused: it would be a filter that does nothing. */
export const paging = {
  cursor: z
    .string()
    .max(2000)
    .optional()
    .openapi({ description: '`next` of the page before, with the same filters and order.' }),
  limit: z.coerce.number().int().min(1).max(mostPerPage).default(50),
}

/** @param first what a list is ordered by, where nothing is said */
export function order<const Sorts extends readonly [string, ...string[]]>(
  sorts: Sorts,
  direction: 'asc' | 'desc',
): {
  sort: z.ZodDefault<z.ZodEnum<{ [Sort in Sorts[number]]: Sort }>>
  direction: z.ZodDefault<z.ZodEnum<{ asc: 'asc'; desc: 'desc' }>>
} {
  const [first] = sorts
  return {
    sort: z.enum(sorts).default(first as never),
    direction: z.enum(['asc', 'desc']).default(direction),
  }
}

export const time = z.iso.datetime({ offset: true })

/** A time in a query. */
export const timeFilter = time.optional().openapi({ example: '2026-06-01T00:00:00Z' })

/** The times of two filters. */
export function between({
  since,
  until,
}: {
  readonly since?: string | undefined
  readonly until?: string | undefined
}): { readonly since: Date | undefined; readonly until: Date | undefined } {
  const timeOf = (text: string | undefined): Date | undefined =>
    text === undefined ? undefined : new Date(text)
  return { since: timeOf(since), until: timeOf(until) }
}
