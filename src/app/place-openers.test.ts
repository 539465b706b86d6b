import { expect, test } from 'vitest'
import { aGlassWorld } from '../../test/support/glass.ts'
import { verifyLedger } from '../bundle/ledger/verify-ledger.ts'
import { publicKeyLine } from '../crypto/ssh-signature.ts'
import { memoryDestination } from '../destinations/memory.ts'
import { type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'
import type { Opener } from './place-companions.ts'

const page = parseObjectName('secrets/open.html')

function anOpener(text: string): Opener {
  return { name: 'open.html', content: new TextEncoder().encode(text) }
}

/** A shelf that remembers what was put on it. */
function aShelf() {
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)
  const put: ObjectName[] = []
  const watched: Destination = {
    ...destination,
    async put(name, ...rest) {
      put.push(name)
      await destination.put(name, ...rest)
    },
    get: (...words) => destination.get(...words),
    list: (...words) => destination.list(...words),
    remove: (...words) => destination.remove(...words),
    flush: (...words) => destination.flush(...words),
  }
  const timesPut = () => put.filter((name) => name === page).length
  return { objects, destination: watched, timesPut }
}

test('an opener goes beside the bundles and into the ledger, and is not sent again while it is the same', async () => {
  await using world = await aGlassWorld()
  const shelf = aShelf()
  const openers = async () => [anOpener('first')]

  await world.backUp(shelf.destination, { openers })
  await world.backUp(shelf.destination, { openers })

  expect(shelf.timesPut()).toBe(1)
  expect(Buffer.from(shelf.objects.get(page) ?? []).toString()).toBe('first')
})

test('an opener of another version takes its place, and one that was cut off or removed is put back', async () => {
  await using world = await aGlassWorld()
  const { objects, destination } = aShelf()
  const openers = async () => [anOpener('second')]

  await world.backUp(destination, { openers: async () => [anOpener('first')] })
  await world.backUp(destination, { openers })
  expect(Buffer.from(objects.get(page) ?? []).toString()).toBe('second')
  objects.set(page, new TextEncoder().encode('sec'))
  await world.backUp(destination, { openers })
  expect(Buffer.from(objects.get(page) ?? []).toString()).toBe('second')
  objects.delete(page)
  await world.backUp(destination, { openers })
  expect(Buffer.from(objects.get(page) ?? []).toString()).toBe('second')

  const ledger = objects.get(parseObjectName('ledger.jsonl')) ?? new Uint8Array()
  const publicKey = publicKeyLine(await world.catalogue.signingKey(), '')
  const { entries, findings } = verifyLedger(ledger, { instance: world.catalogue.instance.id, publicKey })
  expect(findings).toEqual([])
  expect(entries.filter(({ object }) => object === page)).toHaveLength(2)
})

test('an opener that was exchanged for one of the same length is put back by the next run, which says so', async () => {
  await using world = await aGlassWorld()
  const { objects, destination } = aShelf()
  const openers = async () => [anOpener('as it should be')]
  await world.backUp(destination, { openers })
  objects.set(page, new TextEncoder().encode('EVIL as it is!!'))

  const parts = await world.backUp(destination, { openers })

  expect(Buffer.from(objects.get(page) ?? []).toString()).toBe('as it should be')
  expect(JSON.stringify(parts.map(({ outcome }) => outcome))).toContain(
    'secrets/open.html was not what had been put there',
  )
  const next = await world.backUp(destination, { openers })
  expect(JSON.stringify(next.map(({ outcome }) => outcome))).not.toContain('had been put there')
})

test('what was exchanged is told in the very run that puts another version there, and what was taken away, too', async () => {
  await using world = await aGlassWorld()
  const { objects, destination } = aShelf()
  const backUp = async (version: string) => {
    const parts = await world.backUp(destination, { openers: async () => [anOpener(version)] })
    return JSON.stringify(parts.map(({ outcome }) => outcome))
  }
  await backUp('first')
  expect(await backUp('second, longer')).not.toContain('secrets/open.html')
  objects.set(page, new TextEncoder().encode('EVIL'))

  expect(await backUp('third')).toContain('secrets/open.html was not what had been put there')
  objects.delete(page)
  objects.delete(parseObjectName('secrets/identity.password.age'))
  const told = await backUp('third')

  expect(told).toContain('secrets/open.html was gone')
  expect(told).toContain('secrets/identity.password.age was gone')
  expect(await backUp('third')).not.toContain('was gone')
})

test('where nothing can be read, an opener is sent once', async () => {
  await using world = await aGlassWorld()
  const { destination, timesPut } = aShelf()
  const openers = async () => [anOpener('first')]
  Object.assign(world.record.spec, { kind: 'rsync', writeOnly: true })

  await world.backUp(destination, { openers })
  await world.backUp(destination, { openers })

  expect(timesPut()).toBe(1)
})
