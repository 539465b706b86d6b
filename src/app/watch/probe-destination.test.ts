import { describe, expect, test } from 'vitest'
import { RedomaError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import { type Destination, parseObjectName } from '../../ports/destination.ts'
import { judgeProbe } from './judge-probe.ts'
import { makeProbeDestination } from './probe-destination.ts'

const { signal } = new AbortController()
const name = parseObjectName('redoma-probe/instance')
const probe = makeProbeDestination({ nowMs: () => 0, wait, stepMs: 60_000 })

function failing(call: keyof Destination, error: Error): Destination {
  const fail = async (): Promise<never> => {
    throw error
  }
  return { ...memoryDestination(), [call]: fail }
}

describe('a probe', () => {
  test('of a destination that does what it should says so, and leaves nothing', async () => {
    const destination = { ...memoryDestination(), space: async () => ({ freeBytes: 1, totalBytes: 2 }) }

    expect(await probe(destination, name, signal)).toEqual({
      kind: 'answered',
      tookMs: 0,
      space: { freeBytes: 1, totalBytes: 2 },
    })
    expect(await Array.fromAsync(destination.list('', signal))).toEqual([])
  })

  test('says at which step it failed, and of what', async () => {
    const full = new RedomaError('DESTINATION_FULL', 'no room', { hint: 'Make some.' })
    for (const [call, step] of [
      ['put', 'write'],
      ['flush', 'sync'],
      ['remove', 'remove'],
    ] as const) {
      expect(await probe(failing(call, full), name, signal)).toEqual({
        kind: 'failed',
        tookMs: 0,
        step,
        code: 'DESTINATION_FULL',
        message: 'no room',
        hint: 'Make some.',
      })
    }
  })

  test('finds what comes back different', async () => {
    const destination = {
      ...memoryDestination(),
      async *get() {
        yield new Uint8Array(4096)
      },
    }

    expect(await probe(destination, name, signal)).toMatchObject({
      step: 'read',
      code: 'VERIFICATION_FAILED',
    })
  })

  test('leaves a destination behind that answers nothing, not even the signal', async () => {
    const hanging: Destination = { ...memoryDestination(), flush: () => new Promise(() => undefined) }
    const impatient = makeProbeDestination({ nowMs: () => 0, wait, stepMs: 5 })

    expect(await impatient(hanging, name, signal)).toMatchObject({
      step: 'sync',
      code: 'DESTINATION_UNREACHABLE',
    })
  })

  test('that is told to stop throws just that', async () => {
    const stop = new AbortController()
    const destination: Destination = {
      ...memoryDestination(),
      async flush() {
        stop.abort(new Error('enough'))
        throw new Error('stopped')
      },
    }

    await expect(probe(destination, name, stop.signal)).rejects.toThrow('enough')
  })
})

describe('what a probe says', () => {
  const failed = { kind: 'failed', tookMs: 0, step: 'write', message: '', hint: undefined } as const
  const answered = { kind: 'answered', tookMs: 100, space: { freeBytes: 500, totalBytes: 1000 } } as const

  test('depends on what failed, how long it took, and how much room there is', () => {
    expect(judgeProbe({ ...failed, code: 'DESTINATION_READ_ONLY' }, undefined, 'ok')).toBe('read-only')
    expect(judgeProbe({ ...failed, code: 'DESTINATION_FULL' }, undefined, 'ok')).toBe('nearly-full')
    expect(judgeProbe({ ...failed, code: 'DESTINATION_UNREACHABLE' }, undefined, 'ok')).toBe('lost')
    expect(judgeProbe({ ...failed, code: 'VERIFICATION_FAILED' }, undefined, 'ok')).toBe('lost')
    expect(judgeProbe(answered, undefined, 'ok')).toBe('ok')
    expect(judgeProbe({ ...answered, tookMs: 12_000 }, undefined, 'ok')).toBe('slow')
    expect(judgeProbe({ ...answered, space: { freeBytes: 4, totalBytes: 100 } }, undefined, 'ok')).toBe(
      'nearly-full',
    )
  })

  test('does not flap at the edge of nearly full', () => {
    expect(judgeProbe(answered, 15, 'ok')).toBe('ok')
    expect(judgeProbe(answered, 13, 'ok')).toBe('nearly-full')
    expect(judgeProbe(answered, 15, 'nearly-full')).toBe('nearly-full')
    expect(judgeProbe(answered, 22, 'nearly-full')).toBe('ok')
  })
})
