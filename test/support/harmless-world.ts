import { join } from 'node:path'
import type { ServedInstance } from '../../src/api/deps.ts'
import { RedomaError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { canary } from './openapi/arbitrary-requests.ts'
import { aServedInstance, type Served } from './served.ts'

/** An instance that has one of each. */
export async function aWorldOfSome(): Promise<Served> {
  const served = await aServedInstance()
  const { catalogue, home, clock } = served.instance
  const secret = new Secret(`${canary} kept`)
  const empty = { tags: [], fields: [], attachments: [], history: [] }
  await catalogue.credentials.put({ id: 'a', title: 'a', kind: 'password', secret, notes: secret, ...empty })
  const spec = { kind: 'local', path: join(home, 'copies') } as const
  await catalogue.destinations.add({
    ...{ id: crypto.randomUUID(), name: 'nas', spec, repositoryPassword: secret },
    ...{ createdAt: clock.now(), runsBefore: 0 },
  })
  await catalogue.sources.add({ name: 'etc', spec: { kind: 'sqlite', path: '/x' }, createdAt: clock.now() })
  await served.deps.instance.as('tester').addPlan('daily', {
    ...{ isEnabled: true, jobs: ['system'], sources: [], destinations: ['nas'], hooks: {} },
    schedule: { cron: '0 5 * * *', timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
  })
  await served.deps.instance.as('tester').addChannel('mail', {
    ...{ credential: 'a', leastSeverity: 'warning', digestMinutes: 0 },
    spec: { kind: 'smtp', host: 'mx', port: 465, security: 'tls', from: 'a@b.example', to: ['c@d.example'] },
  })
  const trouble = { kind: 'destination-lost', key: 'a', subject: 'nas', severity: 'error' } as const
  await catalogue.incidents.record(
    () => [{ kind: 'open', trouble: { ...trouble, title: 'nas is lost', text: 'No way.', fields: {} } }],
    clock.now(),
  )
  await catalogue.runs.finish(await catalogue.runs.start(clock.now(), process.pid), {
    kind: 'done',
    finishedAt: clock.now(),
  })
  return served
}

/** Nothing is made up that writes outside of the test's folder, or asks another machine. */
export function harmless({ deps, instance: { home } }: Served): ServedInstance {
  return {
    ...deps.instance,
    as(actor) {
      const real = deps.instance.as(actor)
      return {
        ...real,
        async addDestination(name, spec, password, signal) {
          if (spec.kind !== 'local')
            throw new RedomaError('DESTINATION_UNREACHABLE', 'this test reaches no other machine')
          if (!spec.path.startsWith(`${home}/`) || spec.path.includes('..'))
            throw new RedomaError('USAGE', 'this test writes into its own folder')
          return real.addDestination(name, spec, password, signal)
        },
        async addSource(name, spec) {
          if (spec.kind === 'postgresql' || spec.kind === 'mariadb')
            throw new RedomaError('SOURCE_UNREADABLE', 'this test reaches no server')
          return real.addSource(name, spec)
        },
      }
    },
  }
}
