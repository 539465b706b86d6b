import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { targetAt } from '../../../test/support/target-at.ts'
import { Secret } from '../../core/secret.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import { bodyOf, parseObjectName } from '../../ports/destination.ts'
import { makeProbeTarget } from './probe-target.ts'

const { signal } = new AbortController()

test('a probe removes what dead nodes left, by their presence, and nothing of those that are there', async () => {
  const place = memoryDestination()
  // Of another machine, most likely: that number says nothing here.
  const names = ['redoma-probe/i-node-3', 'redoma-probe/i-node-4', 'redoma-probe/other-node-3']
  for (const name of names) await place.put(parseObjectName(name), bodyOf(new Uint8Array(1)), signal)
  const probed: string[] = []
  const probe = makeProbeTarget({
    instanceId: 'i',
    processId: process.pid,
    presence: { id: 5, isThere: (id) => Promise.resolve(id === 4) },
    probe: (_, name) => {
      probed.push(name)
      return Promise.resolve({ kind: 'answered', tookMs: 1, space: undefined })
    },
  })
  const record = {
    ...{ id: randomUUID(), name: 'nas', spec: { kind: 'local', path: '/nas' } as const },
    ...{ repositoryPassword: new Secret('x'), createdAt: new Date(0), runsBefore: 0 },
  }

  await probe(() => Promise.resolve(targetAt(record, place)), signal)

  expect(new Set(probed)).toEqual(new Set(['redoma-probe/i-node-5']))
  const left = await Array.fromAsync(place.list('', signal))
  expect(left.map(({ name }) => name).toSorted()).toEqual([
    'redoma-probe/i-node-4',
    'redoma-probe/other-node-3',
  ])
})
