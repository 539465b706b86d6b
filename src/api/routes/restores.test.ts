import { describe, expect, test } from 'vitest'
import { aServedInstance } from '../../../test/support/served.ts'

const good = { destination: 'nas', snapshot: 'latest', target: '/srv/restore/a' }

describe('a restore that is asked for', () => {
  test.each<[string, object]>([
    ['without a target', { target: undefined }],
    ['to a target that is not absolute', { target: 'srv' }],
    ['to a target that goes up', { target: '/srv/restore/../../etc' }],
    ['to a target with a control character', { target: '/srv/a\u001b[2J' }],
    ['to a target that is too long', { target: `/${'a'.repeat(5000)}` }],
    ['from a path that goes up', { path: '/etc/..' }],
    ['with a snapshot that is none', { snapshot: 'newest' }],
    ['with a pattern that is slow to match', { include: ['**/a/**/a/**/b'] }],
    [
      'with a pattern that would be a line of its own to a second person',
      { exclude: ['a\noverwrite: never'] },
    ],
    ['with more patterns than anybody writes', { exclude: Array.from({ length: 101 }, () => 'a') }],
    ['to go over what is there in a way that is none', { overwrite: 'sometimes' }],
    ['with a word that means nothing', { deletes: true }],
  ])('%s is refused, and nothing is looked at', async (_, changes) => {
    await using served = await aServedInstance()

    const answer = await served.api.request('/api/v1/restores', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...good, ...changes }),
    })

    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('of a destination that is not there is refused', async () => {
    await using served = await aServedInstance()

    const answer = await served.api.request('/api/v1/restores', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(good),
    })

    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'NOT_FOUND' }])
    expect((await served.instance.catalogue.restores.page(all)).items).toEqual([])
  })
})

const all = { sort: 'id', direction: 'asc', limit: 9 } as const
