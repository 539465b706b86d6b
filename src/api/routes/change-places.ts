import { z } from '@hono/zod-openapi'
import { sharesRepository } from '../../app/system-repository.ts'
import { Secret } from '../../core/secret.ts'
import { entryName } from '../../ports/specs.ts'
import { actorOf, requireOnMachine } from '../access/asked-by.ts'
import { destination, destinationJson } from '../contract/destination.ts'
import { idempotencyKey, named } from '../contract/named.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { source, sourceJson } from '../contract/source.ts'
import type { ApiDeps } from '../deps.ts'

const newSource = source
  .pick({ name: true, spec: true })
  .extend({ name: entryName })
  .strict()
  .openapi('NewSource')

const newDestination = destination
  .pick({ name: true, spec: true })
  .extend({
    name: entryName,
    repositoryPassword: z.string().min(1).max(10_000).optional().openapi({
      description: 'Of a repository that is there, to go on with it; over the socket alone.',
      format: 'password',
      writeOnly: true,
    }),
  })
  .strict()
  .openapi('NewDestination')

const addedDestination = destination
  .extend({
    warnings: z.array(z.string()).openapi({ description: 'What is wrong with it, though it can be used.' }),
  })
  .openapi('AddedDestination')

export function changePlaces(api: Api, { instance, stopping }: ApiDeps): void {
  const gone = {
    204: { description: 'It is taken out of all further runs; its copies stay.' },
    ...problems,
  } as const

  const addSource = createRoute({
    method: 'post',
    path: '/sources',
    operationId: 'addSource',
    summary: 'Register something to be copied; one of the kind command is a program that every run starts',
    tags: ['sources'],
    'x-permission': 'write',
    request: { body: body(newSource), headers: idempotencyKey },
    responses: { 201: json(source, 'It is registered.'), ...problems },
  })
  api.openapi(addSource, async (context) => {
    const { name, spec } = context.req.valid('json')
    if (spec.kind === 'command') requireOnMachine(context, 'a source that is a program')
    if ('credential' in spec && spec.credential !== undefined)
      requireOnMachine(context, 'what takes a secret of the registry to a server')
    const added = await instance.as(actorOf(context)).addSource(name, spec)
    instance.log.info('source added', { source: name })
    context.header('location', `${context.req.path}/${encodeURIComponent(name)}`)
    return context.json(sourceJson(added), 201)
  })

  const removeSource = createRoute({
    method: 'delete',
    path: '/sources/{name}',
    operationId: 'removeSource',
    summary: 'Take a source out of all further runs',
    tags: ['sources'],
    'x-permission': 'delete',
    request: { params: named },
    responses: gone,
  })
  api.openapi(removeSource, async (context) => {
    const { name } = context.req.valid('param')
    await instance.as(actorOf(context)).removeSource(name)
    instance.log.warn('source removed', { source: name })
    return context.body(null, 204)
  })

  const addDestination = createRoute({
    method: 'post',
    path: '/destinations',
    operationId: 'addDestination',
    summary: 'Register a place for copies, once it is seen that it can be used',
    tags: ['destinations'],
    'x-permission': 'write',
    request: { body: body(newDestination), headers: idempotencyKey },
    responses: { 201: json(addedDestination, 'It is registered.'), ...problems },
  })
  api.openapi(addDestination, async (context) => {
    const { name, spec, repositoryPassword } = context.req.valid('json')
    if (repositoryPassword !== undefined || sharesRepository(spec))
      requireOnMachine(context, 'a repository that others have the password of')
    const password = repositoryPassword === undefined ? undefined : new Secret(repositoryPassword)
    const signal = AbortSignal.any([context.req.raw.signal, stopping])
    const { record, warnings } = await instance
      .as(actorOf(context))
      .addDestination(name, spec, password, signal)
    instance.log.info('destination added', { destination: name })
    context.header('location', `${context.req.path}/${encodeURIComponent(name)}`)
    return context.json({ ...destinationJson(record, undefined), warnings: [...warnings] }, 201)
  })

  const removeDestination = createRoute({
    method: 'delete',
    path: '/destinations/{name}',
    operationId: 'removeDestination',
    summary: 'Take a destination out of all further runs',
    tags: ['destinations'],
    'x-permission': 'delete',
    request: { params: named },
    responses: gone,
  })
  api.openapi(removeDestination, async (context) => {
    const { name } = context.req.valid('param')
    await instance.as(actorOf(context)).removeDestination(name)
    instance.log.warn('destination removed', { destination: name })
    return context.body(null, 204)
  })
}
