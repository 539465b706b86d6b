import { describe, expect, test } from 'vitest'
import { makeBell } from '../../core/bell.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import { type Chore, keepDoing } from './keep-doing.ts'

const hour = 3_600_000

/** A chore that does what it is given, one after the other, and then stops it all. Its bell rings all the time. */
function aChore(...works: readonly (() => void)[]) {
  const stop = new AbortController()
  const logged: string[] = []
  const say =
    (level: string) =>
    (event: string): void =>
      void logged.push(`${level} ${event}`)
  const log: Log = { info: say('info'), warn: say('warn'), error: say('error') }
  const bell = makeBell()
  const left = [...works]
  const chore: Chore = {
    name: 'it',
    everyMs: () => hour,
    bell,
    async work() {
      bell.ring()
      const next = left.shift()
      if (next === undefined) stop.abort()
      else next()
    },
  }
  return { left, logged, kept: () => keepDoing(chore, log, stop.signal) }
}

function fails(code: 'FILE_FAILED' | 'CATALOGUE_DAMAGED'): () => void {
  return () => {
    throw new RedomaError(code, 'x')
  }
}

describe('a chore', () => {
  test('is done again and again until it is stopped', async () => {
    const done: number[] = []
    const { kept, logged } = aChore(
      () => void done.push(1),
      () => void done.push(2),
    )

    await kept()

    expect([done, logged]).toEqual([[1, 2], []])
  })

  test('goes on after what passes, our own faults among it, and says so once for each time of trouble', async () => {
    const fault = (): void => {
      throw new TypeError('x')
    }
    const well = (): void => undefined
    const { kept, logged, left } = aChore(fails('FILE_FAILED'), fault, well, fault, well)

    await kept()

    expect(left).toEqual([])
    expect(logged).toEqual(['error does not get on', 'info goes on', 'error does not get on', 'info goes on'])
  })

  test('ends with what does not pass', async () => {
    const { kept, left } = aChore(fails('CATALOGUE_DAMAGED'), () => undefined)

    await expect(kept()).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' })

    expect(left).toHaveLength(1)
  })
})
