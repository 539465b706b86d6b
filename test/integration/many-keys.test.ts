import { expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { bodyOf } from '../../src/ports/destination.ts'
import { addKey } from '../../src/repository/keys/add-key.ts'
import { createKey } from '../../src/repository/keys/create-key.ts'
import { removeKey } from '../../src/repository/keys/remove-key.ts'
import { objectNameOf } from '../../src/repository/objects.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { placeOf } from '../support/repositories.ts'

const { signal } = new AbortController()
const who = { username: 'root', hostname: 'pam-1' }

test('a host whose key is known opens a repository that has more keys than are tried, until that key is removed', async () => {
  const destination = memoryDestination()
  const place = placeOf(destination)
  using repository = await initRepository(place, signal)
  const { masterKey, clock, primitives } = repository
  for (let n = 0; n < 20; n++) {
    const password = new Secret(`of host ${n}`)
    const other = { ...who, masterKey, password, created: clock.now(), cost: { N: 2, r: 1, p: 1 } }
    const { id, bytes } = await createKey(other, primitives)
    await destination.put(objectNameOf(place, 'keys', id), bodyOf(bytes), signal)
  }
  const password = new Secret('of the last host')
  const key = await addKey(repository, { ...who, password }, signal)

  await expect(openRepository({ ...place, password }, signal)).rejects.toMatchObject({ code: 'KEY_WRONG' })
  using opened = await openRepository({ ...place, password, key }, signal)
  expect(opened.config).toEqual(repository.config)

  await removeKey(place, key, signal)
  await expect(openRepository({ ...place, password, key }, signal)).rejects.toMatchObject({
    code: 'KEY_WRONG',
  })
})
