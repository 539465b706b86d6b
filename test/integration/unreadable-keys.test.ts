import { expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { bodyOf, type ObjectName } from '../../src/ports/destination.ts'
import { parseObjectId } from '../../src/repository/ids.ts'
import { objectNameOf } from '../../src/repository/objects.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import type { RepositoryPlace } from '../../src/repository/repository.ts'
import { withBadSectors } from '../support/bad-sectors.ts'
import { placeOf } from '../support/repositories.ts'

const { signal } = new AbortController()

test('a key file that cannot be read keeps nobody from opening with another', async () => {
  const destination = memoryDestination()
  const place = placeOf(destination)
  using repository = await initRepository(place, signal)
  // It is tried before any other.
  const name = objectNameOf(place, 'keys', parseObjectId('00'.repeat(32)))
  await destination.put(name, bodyOf(new Uint8Array(400)), signal)

  using opened = await openRepository(withBadFile(place, name), signal)

  expect(opened.config).toEqual(repository.config)
})

test('a key file that cannot be read is named where no other opens, and why it cannot', async () => {
  const place = placeOf(memoryDestination())
  const made = await initRepository(place, signal)
  made[Symbol.dispose]()
  const [key] = await Array.fromAsync(place.destination.list('keys/', signal))
  if (key === undefined) throw new Error('unreachable')

  const opening = openRepository(withBadFile(place, key.name), signal)

  await expect(opening).rejects.toMatchObject({
    code: 'REPOSITORY_DAMAGED',
    message: expect.stringContaining(key.name) as string,
    cause: { message: expect.stringContaining('EIO') as string },
  })
})

function withBadFile(place: RepositoryPlace, name: ObjectName): RepositoryPlace {
  const sector = { name, from: 0, to: 400 }
  return { ...place, destination: withBadSectors(place.destination, [sector]) }
}
