import { z } from '@hono/zod-openapi'
import type { SourceRecord } from '../../ports/catalogue.ts'
import { sourceSpec } from '../../ports/specs.ts'
import { time } from './paging.ts'

export const source = z.object({ name: z.string(), spec: sourceSpec, createdAt: time }).openapi('Source')

export function sourceJson({ name, spec, createdAt }: SourceRecord): z.infer<typeof source> {
  return { name, spec: spec as z.infer<typeof sourceSpec>, createdAt: createdAt.toISOString() }
}
