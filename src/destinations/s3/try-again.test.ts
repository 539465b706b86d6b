import { describe, expect, test } from 'vitest'
import { RedomaError } from '../../core/errors.ts'
import { Stalled } from './exchange.ts'
import { tryAgain, waitBefore } from './try-again.ts'

const { signal } = new AbortController()
const broken = new RedomaError('DESTINATION_UNREACHABLE', 'no answer')

interface Tried {
  readonly retries: number
  readonly made: number
  readonly waits: readonly number[]
  readonly outcome: unknown
}

/** Fails so often, and then gives `done`. */
async function failing(times: number, but: { passes?: boolean; why?: Error } = {}): Promise<Tried> {
  const { passes = true, why = new Error('reset') } = but
  const waits: number[] = []
  let made = 0
  const attempt = async (): Promise<string> => {
    if (++made <= times) throw why
    return 'done'
  }
  const wait = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
  }
  const failed = (): { error: RedomaError; passes: boolean } => ({ error: broken, passes })
  let retries = 0
  const deps = { wait, random: () => 1, onRetry: () => (retries += 1) }
  const outcome = await tryAgain(attempt, failed, deps, signal).catch((e: unknown) => e)
  return { made, waits, outcome, retries }
}

describe('trying again', () => {
  test('helps where it passes, after waits that double', async () => {
    expect(await failing(3)).toEqual({
      made: 4,
      waits: [400, 800, 1600],
      outcome: 'done',
      retries: 3,
    })
  })

  test('ends after five times, and says so', async () => {
    const { made, outcome } = await failing(9)

    expect(made).toBe(5)
    expect(outcome).toMatchObject({ code: 'DESTINATION_UNREACHABLE', message: 'no answer (5 times)' })
  })

  test('is not done where it does not help', async () => {
    expect(await failing(9, { passes: false })).toEqual({
      made: 1,
      waits: [],
      outcome: broken,
      retries: 0,
    })
  })

  test('ends after two times that stalled', async () => {
    expect(await failing(9, { why: new Stalled('nothing came') })).toMatchObject({ made: 2 })
  })

  test('ends at once when the caller stops', async () => {
    const stop = new AbortController()
    const attempt = async (): Promise<never> => {
      stop.abort(new Error('stopped'))
      throw new Error('reset')
    }
    const deps = { wait: () => Promise.resolve(), random: () => 0 }
    const trying = tryAgain(attempt, () => ({ error: broken, passes: true }), deps, stop.signal)

    await expect(trying).rejects.toThrow('stopped')
  })

  test('waits are bounded, and chance makes them shorter by half at most', () => {
    expect(waitBefore(20, 1)).toBe(8000)
    expect(waitBefore(1, 0)).toBe(200)
    expect(waitBefore(1, 1)).toBe(400)
  })
})
