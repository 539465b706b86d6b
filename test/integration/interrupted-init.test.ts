import { expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { bodyOf, type ObjectName, parseObjectName } from '../../src/ports/destination.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { faultyDestination } from '../support/faulty-destination.ts'
import { placeOf } from '../support/repositories.ts'

const { signal } = new AbortController()

test.each(['fails-before', 'fails-after'] as const)(
  'the making of a repository that dies at any call (%s) is done by the next run, with the key that is there',
  async (fault) => {
    for (let call = 1; ; call++) {
      const objects = new Map<ObjectName, Uint8Array>()
      const inner = memoryDestination(objects)
      const destination = faultyDestination(inner, call, fault)
      await initRepository(placeOf(destination), signal).catch(() => undefined)

      // As a backup does.
      using repository = await openRepository(placeOf(inner), signal).catch(() =>
        initRepository(placeOf(inner), signal),
      )

      expect([...objects.keys()].toSorted()).toEqual(['config', `keys/${repository.keyId}`])
      using again = await openRepository(placeOf(inner), signal)
      expect(again.config).toEqual(repository.config)
      if (destination.calls() < call) return
    }
  },
)

test.each(['snapshots', 'index', 'data'])(
  'no repository is made where there is a key and something in %s/, be it that config is gone',
  async (folder) => {
    const objects = new Map<ObjectName, Uint8Array>()
    const place = placeOf(memoryDestination(objects))
    const made = await initRepository(place, signal)
    made[Symbol.dispose]()
    objects.delete(parseObjectName('config'))
    await place.destination.put(
      parseObjectName(`${folder}/${'0'.repeat(64)}`),
      bodyOf(Buffer.from('x')),
      signal,
    )

    await expect(initRepository(place, signal)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  },
)

test('no repository is made where there is a key of another password', async () => {
  const objects = new Map<ObjectName, Uint8Array>()
  const place = placeOf(memoryDestination(objects))
  const made = await initRepository(place, signal)
  made[Symbol.dispose]()
  objects.delete(parseObjectName('config'))

  const other = { ...place, password: new Secret('another one') }
  await expect(initRepository(other, signal)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
})
