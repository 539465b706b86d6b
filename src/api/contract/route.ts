import type { OpenAPIHono, z } from '@hono/zod-openapi'
import type { RequestIdVariables } from 'hono/request-id'

/** What who asks must be allowed to do. Routes declare it in the OpenAPI document, so that one place can check it. */
export const permissions = [
  'list',
  'view',
  'write',
  'delete',
  'run',
  'restore',
  'open glass',
  'view recordings',
  'manage users',
] as const

export interface ApiEnvironment {
  Variables: RequestIdVariables & {
    /** It was answered that it takes too long, whatever becomes of it. */
    isLate?: true
  }
}

export type Api = OpenAPIHono<ApiEnvironment>

/** A request's body in JSON, which must be there. */
export function body<Schema extends z.ZodType>(
  schema: Schema,
): { required: true; content: { 'application/json': { schema: Schema } } } {
  return { required: true, content: { 'application/json': { schema } } }
}

/** An answer in JSON. */
export function json<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
): { description: string; content: { 'application/json': { schema: Schema } } } {
  return { description, content: { 'application/json': { schema } } }
}
