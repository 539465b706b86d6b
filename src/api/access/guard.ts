import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { RedomaError } from '../../core/errors.ts'
import type { Admit } from '../admission.ts'
import { type Api, type ApiEnvironment, type Guard, guards } from '../contract/route.ts'
import { principalOf, refuseTokens, sessionOf } from './asked-by.ts'

/**
 * Lets a request go on to its route when who asks is let in, and may do what the route says in its description. One that says nothing is
 * open to nobody, and what is no route is told from one that is only to who was let in.
 *
 * @param app whose routes they are; more may be added until the first request
 */
export function guard(app: Api, admit: Admit): MiddlewareHandler<ApiEnvironment> {
  let described: ReadonlyMap<string, Needs> | undefined
  return async (context, next) => {
    described ??= guardsOf(app)
    const route = matchedRoutes(context).find(({ method }) => method !== 'ALL')
    const needed = route === undefined ? undefined : described.get(`${route.method} ${route.path}`)
    if (needed?.permission === 'anyone') return next()
    return admit(context, async () => {
      if (route !== undefined && needed === undefined)
        throw new RedomaError('INTERNAL', `${route.method} ${route.path} does not say who may ask it`)
      if (needed !== undefined) requireOf(context, needed)
      await next()
    })
  }
}

/** @throws RedomaError `NOT_ALLOWED` */
function requireOf(context: Context<ApiEnvironment>, { permission, isForPeople }: Needs): void {
  if (permission === 'anyone') return
  if (permission === 'signed-in') {
    sessionOf(context)
    return
  }
  if (!principalOf(context).permissions.has(permission))
    throw new RedomaError('NOT_ALLOWED', `this takes the permission ${permission}`, {
      hint: 'An administrator gives it, by a role that has it.',
    })
  if (isForPeople) refuseTokens(context)
  context.set('needed', permission)
}

/** By `METHOD /path/:name`, as the router has it. */
function guardsOf(app: Api): ReadonlyMap<string, Needs> {
  const described = app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return []
    const route = definition.route as typeof definition.route & Described
    const { method, path } = route
    const permission = guards.find((one) => one === route['x-permission'])
    const isForPeople = route['x-no-token'] === true
    const routed = `${method.toUpperCase()} ${path.replaceAll(/\/\{(.+?)\}/g, '/:$1')}`
    return permission === undefined ? [] : [[routed, { permission, isForPeople }] as const]
  })
  return new Map(described)
}

interface Needs {
  readonly permission: Guard
  readonly isForPeople: boolean
}

interface Described {
  readonly 'x-permission'?: unknown
  readonly 'x-no-token'?: unknown
}
