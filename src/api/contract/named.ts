import { z } from '@hono/zod-openapi'
import { entryName } from '../../ports/specs.ts'

/** Of what people have given a name. */
export const named = z.object({ name: entryName })

/** The ETag of what a change was decided on. */
export const ifMatch = z.object({ 'if-match': z.string().optional() })

/** What a POST that is sent again is told by. */
export const idempotencyKey = z.object({ 'idempotency-key': z.string().min(1).max(255).optional() })
