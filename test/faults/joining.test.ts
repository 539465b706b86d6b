import { expect, test } from 'vitest'
import { type JoinedRepository, makeJoinRepository } from '../../src/app/join-repository.ts'
import { Secret } from '../../src/core/secret.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Destination, ObjectName } from '../../src/ports/destination.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { type Fault, faultyDestination } from '../support/faulty-destination.ts'
import { placeOf, testPassword } from '../support/repositories.ts'

const { signal } = new AbortController()
const given = new Secret(testPassword)

test.each<Fault>(['fails-before', 'fails-after', 'truncates', 'keeps-half'])(
  'whichever call %s while a host joins, it has a key that opens the repository, or there is none of it',
  async (fault) => {
    let failAt = 1
    for (; ; failAt++) {
      const objects = new Map<ObjectName, Uint8Array>()
      const place = placeOf(memoryDestination(objects))
      using made = await initRepository(place, signal)
      const before = [...objects.keys()].toSorted()
      const destination = faultyDestination(place.destination, failAt, fault)

      const joined = await join(destination).catch((error: unknown) => error as Error)

      if (joined instanceof Error) {
        expect({ failAt, names: [...objects.keys()].toSorted() }).toEqual({ failAt, names: before })
        expect(joined).toMatchObject({ name: 'RedomaError' })
        continue
      }
      expect(joined.id).toBe(made.config.id)
      using own = await openRepository({ ...place, password: joined.password }, signal)
      expect(own.config).toEqual(made.config)
      if (destination.calls() < failAt) break
      await joined.leave()
      expect([...objects.keys()].toSorted()).toEqual(before)
    }
    expect(failAt).toBeGreaterThan(7)
  },
)

function join(destination: Destination): Promise<JoinedRepository> {
  const { clock, primitives, fileCalls } = placeOf(destination)
  const who = { hostName: 'pam-2', actor: 'root' }
  const where = { destination, prefix: '', location: '/nas/system' }
  return makeJoinRepository({ clock, primitives, fileCalls, ...who })(where, given, signal)
}
