import { describe, expect, test } from 'vitest'
import type { RepositoryEvent } from '../repository.ts'
import { makeTally } from './tally.ts'

describe('the tally', () => {
  test('shows that a long file gets on, before it is counted itself', () => {
    const events: RepositoryEvent[] = []
    const tally = makeTally((event) => events.push(event))

    tally.reachedPacks(16)
    tally.reachedPacks(32)

    expect(events).toMatchObject([{ bytes: 16 }, { bytes: 32 }])
  })

  test('expects as much as the last time, until there is more', () => {
    const events: RepositoryEvent[] = []
    const tally = makeTally((event) => events.push(event), 20)

    tally.reachedPacks(16)
    tally.reachedPacks(32)

    expect(events).toMatchObject([{ bytes: 16, totalBytes: 20 }, { bytes: 32 }])
    expect(events[1]).toHaveProperty('totalBytes', undefined)
  })
})
