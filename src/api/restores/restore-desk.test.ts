import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import type { PlannedRestore, Restores } from '../../app/restores/restores.ts'
import { RedomaError } from '../../core/errors.ts'
import type { RestoreOutcome } from '../../ports/restore.ts'
import { openRestoreDesk } from './restore-desk.ts'

describe('restores that a daemon is asked for', () => {
  test('are done one at a time in their turn, and remembered with what they came to', async () => {
    await using world = await aWorld()
    const { desk, held, stateOf } = world

    const [first, second] = [await desk.start(planned('/r/1')), await desk.start(planned('/r/2'))]
    await held.begun('/r/1')
    expect([await stateOf(first.id), await stateOf(second.id)]).toEqual(['running', 'waiting'])
    expect(desk.progressOf(first.id)).toMatchObject({ step: 'Restoring' })
    held.end('/r/1', { problemCount: 1 })
    await held.begun('/r/2')
    held.end('/r/2')
    await desk.idle()

    expect([await stateOf(first.id), await stateOf(second.id)]).toEqual(['done-with-warnings', 'done'])
    const trail = await world.served.instance.catalogue.audit.list(2)
    expect(trail.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['user:olga', 'snapshot.restore', '/r/2'],
      ['user:olga', 'snapshot.restore', '/r/1'],
    ])
  })

  test('are stopped, be it that they go on or wait, which the others do not', async () => {
    await using world = await aWorld()
    const { desk, held, stateOf } = world
    const ids = []
    for (const target of ['/r/1', '/r/2', '/r/3']) ids.push((await desk.start(planned(target))).id)
    const [first = 0, second = 0, third = 0] = ids
    await held.begun('/r/1')

    expect(desk.cancel(second, 'user:oleg')).toBe(true)
    await desk.ended(second)
    expect(await stateOf(second)).toBe('cancelled')
    expect(await stateOf(first)).toBe('running')
    expect(desk.cancel(first, 'user:oleg')).toBe(true)
    await desk.ended(first)
    await held.begun('/r/3')
    held.end('/r/3')
    await desk.idle()

    expect([await stateOf(first), await stateOf(third)]).toEqual(['cancelled', 'done'])
    expect(await world.served.instance.catalogue.restores.get(first)).toMatchObject({
      state: { by: 'user:oleg' },
    })
    expect(held.done).toEqual(['/r/1', '/r/3'])
    expect(desk.cancel(first, 'user:oleg')).toBe(false)
  })

  test('end when the daemon stops, and say so', async () => {
    await using world = await aWorld()
    const { desk, held, stateOf, served } = world
    const ids = [(await desk.start(planned('/r/1'))).id, (await desk.start(planned('/r/2'))).id]
    await held.begun('/r/1')

    served.stop()
    await desk.idle()

    expect(await Promise.all(ids.map(stateOf))).toEqual(['cancelled', 'cancelled'])
  })

  test('are refused where too many wait, before what was agreed to for them is spent', async () => {
    await using world = await aWorld()
    const { desk, served } = world
    for (let n = 0; n < 16; n++) await desk.start(planned(`/r/${n}`))

    let isSpent = false
    const spending = async () => {
      isSpent = true
      return await planned('/r/more')()
    }
    await expect(desk.start(spending)).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' })
    expect(isSpent).toBe(false)
    served.stop()
    await desk.idle()
  })

  test('that cannot be planned take no room', async () => {
    await using world = await aWorld()
    const { desk, held } = world
    const missing = () => Promise.reject(new RedomaError('NOT_FOUND', 'no such snapshot'))
    for (let n = 0; n < 17; n++)
      await expect(desk.start(missing)).rejects.toMatchObject({ code: 'NOT_FOUND' })

    await desk.start(planned('/r/1'))
    held.end('/r/1')
    await desk.idle()
  })
})

const nothing: RestoreOutcome = {
  ...{ files: 0, bytes: 0, unchanged: 0, left: 0, deleted: 0, fetchedBytes: 0 },
  ...{ problemCount: 0, problems: [], entryCount: 0, entries: [] },
}

function planned(target: string): () => Promise<PlannedRestore> {
  return async () => ({
    what: {
      ...{ destination: 'nas', snapshot: 'a'.repeat(64), source: 'etc', hostname: 'pam-1', target },
      ...{ include: [], exclude: [], overwrite: 'always', delete: false, dryRun: false, verify: true },
    },
    asker: { actor: 'user:olga', isOnMachine: false },
    isOverAgreed: false,
  })
}

/** A desk whose restores begin when their turn comes, and end when a test says so. */
async function aWorld() {
  const served: Served = await aServedInstance()
  const held = heldRestores()
  const instance = { ...served.deps.instance, restores: { ...served.deps.instance.restores, ...held } }
  const desk = openRestoreDesk({ ...served.deps, instance })
  return {
    ...{ served, desk, held },
    stateOf: async (id: number) => (await served.instance.catalogue.restores.get(id)).state.kind,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  }
}

function heldRestores() {
  const begun = new Map<string, PromiseWithResolvers<void>>()
  const ends = new Map<string, PromiseWithResolvers<RestoreOutcome>>()
  const done: string[] = []
  const of = <T>(all: Map<string, PromiseWithResolvers<T>>, target: string): PromiseWithResolvers<T> => {
    const one = all.get(target) ?? Promise.withResolvers<T>()
    all.set(target, one)
    return one
  }
  const carryOut: Restores['carryOut'] = ({ what: { target } }, progress, signal) => {
    done.push(target)
    progress({ kind: 'step', title: 'Restoring', unit: 'bytes' })
    const end = of(ends, target)
    signal.addEventListener('abort', () => {
      end.reject(signal.reason)
    })
    of(begun, target).resolve()
    return end.promise
  }
  return {
    ...{ carryOut, done },
    begun: (target: string) => of(begun, target).promise,
    end: (target: string, more: Partial<RestoreOutcome> = {}) => {
      of(ends, target).resolve({ ...nothing, ...more })
    },
  }
}
