import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { nextTurn } from './next-turn.ts'
import { oneAhead } from './one-ahead.ts'

describe('oneAhead', () => {
  test('asks for one item more while the reader is busy, and no further', async () => {
    const made: number[] = []
    async function* source() {
      for (let item = 1; item <= 4; item++) {
        made.push(item)
        yield item
      }
    }
    const seen: [number, number][] = []

    for await (const item of oneAhead(source())) {
      await nextTurn()
      seen.push([item, made.length])
    }

    expect(seen).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 4],
    ])
  })

  test('lets the reader begin with an item before the next is made, through whatever it comes to him', async () => {
    const done: string[] = []
    async function* source() {
      for (let item = 1; item <= 3; item++) {
        done.push(`made ${item}`)
        yield item
      }
    }
    async function* through(items: AsyncIterable<number>) {
      for await (const item of items) yield item
    }

    for await (const item of through(through(oneAhead(source())))) {
      done.push(`began ${item}`)
      await nextTurn()
    }

    expect(done).toEqual(['made 1', 'began 1', 'made 2', 'began 2', 'made 3', 'began 3'])
  })

  test('fails in its turn, after the items before', async () => {
    async function* source() {
      yield 1
      throw new Error('broken')
    }
    const seen: number[] = []
    const reading = async () => {
      for await (const item of oneAhead(source())) {
        await wait(1)
        seen.push(item)
      }
    }

    await expect(reading()).rejects.toThrow('broken')
    expect(seen).toEqual([1])
  })

  test('closes its source when the reader stops, though an item is on its way and fails', async () => {
    let isClosed = false
    async function* source() {
      try {
        yield 1
        await wait(1)
        throw new Error('nobody waits for this')
      } finally {
        isClosed = true
      }
    }

    const items = oneAhead(source())
    await items.next()
    await items.return(undefined)

    expect(isClosed).toBe(true)
  })
})
