import type { IncomingMessage } from 'node:http'
import { createRoute as createUnguarded, type OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi'
import type { RequestIdVariables } from 'hono/request-id'
import { type Permission, permissions } from '../../ports/access.ts'
import type { Principal } from '../access/principal.ts'

/** What a route needs of who asks: a permission, the session of a user, or nothing. It stands as `x-permission` in the OpenAPI document. */
export const guards = [...permissions, 'signed-in', 'anyone'] as const

export type Guard = (typeof guards)[number]

interface Guarded extends RouteConfig {
  readonly 'x-permission': Guard
  /** No token does it, whatever it may. */
  readonly 'x-no-token'?: true
}

/** A route, which says who may ask it: `createRoute` of the framework does not ask for that. */
export const createRoute: <Path extends string, Route extends Omit<Guarded, 'path'> & { path: Path }>(
  route: Route,
) => ReturnType<typeof createUnguarded<Path, Route>> = createUnguarded

export interface ApiEnvironment {
  /** What came over a connection; a program that asks from within has none. */
  Bindings: { readonly incoming?: IncomingMessage }
  Variables: RequestIdVariables & {
    /** It was answered that it takes too long, whatever becomes of it. */
    isLate?: true
    /** The answer has what is shown once: it is kept nowhere. */
    isSecret?: true
    /** What the route needs of who asks. */
    needed?: Permission
    /** Who was let in. */
    principal?: Principal
    /** The address of who asks, on a listener that others reach. */
    client?: string
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
