import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aServedInstance } from '../../../test/support/served.ts'
import { aBrowserOf, aUser } from '../../../test/support/users.ts'
import { admitUsers } from '../access/admit-users.ts'
import { makeApi } from '../make-api.ts'

test('a repository that somebody else has the password of is named on the machine itself, whatever the role', async () => {
  await using served = await aServedInstance()
  const far = makeApi(served.deps, admitUsers(served.deps.instance))
  const headers = await aBrowserOf(served.instance, await aUser(served.instance, 'boss', 'administrator'))
  const place = { kind: 'local', path: join(served.instance.home, 'copies') }
  const post = async (api: typeof far, body: object): Promise<number> => {
    const init = { method: 'POST', body: JSON.stringify(body) }
    const type = { 'content-type': 'application/json' }
    return (await api.request('/api/v1/destinations', { ...init, headers: { ...headers, ...type } })).status
  }
  const theirs = { name: 'theirs', spec: place, repositoryPassword: 'known to them' }
  const shared = { name: 'shared', spec: { ...place, repository: join(served.instance.home, 'repo') } }

  expect([await post(far, theirs), await post(far, shared)]).toEqual([403, 403])
  expect(await served.instance.catalogue.destinations.list()).toEqual([])
  // There is no repository, and that is all that is wrong with it here.
  expect(await post(served.api, theirs)).toBe(422)
  expect(await post(far, { name: 'plain', spec: place })).toBe(201)
})
