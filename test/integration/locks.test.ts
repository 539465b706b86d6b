import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { bodyOf, type Destination, type ObjectName, parseObjectName } from '../../src/ports/destination.ts'
import { nsOfDate } from '../../src/repository/encoding/rfc3339.ts'
import { parseObjectId } from '../../src/repository/ids.ts'
import { makeFence } from '../../src/repository/locks/fence.ts'
import { decodeLock, encodeLock, type Lock } from '../../src/repository/locks/lock.ts'
import type { Locking, LockNotice } from '../../src/repository/locks/locking.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { objectNameOf, writeUnpacked } from '../../src/repository/objects.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { type HandTurnedClock, handTurnedClock } from '../support/clock.ts'
import { makeHandmadeRepository } from '../support/handmade-repository.ts'

const signal = new AbortController().signal
const minute = 60_000
const systemOf = (boot: string, namespace = 'pid:[1]') => `${boot}/${namespace}`

interface World {
  readonly clock: HandTurnedClock
  readonly objects: Map<ObjectName, Uint8Array>
  readonly notices: LockNotice[]
  /** Another's view of the same repository. */
  as(who: Partial<Locking>, destination?: Destination): Repository
  locks(): ObjectName[]
  leave(lock: Partial<Lock>): Promise<void>
}

/** A repository that several hosts use, each with a table of processes of its own. */
async function aWorld(): Promise<World> {
  const { repository, objects } = await makeHandmadeRepository()
  const clock = handTurnedClock()
  const notices: LockNotice[] = []
  const as: World['as'] = (who, destination = memoryDestination(objects)) => {
    const fence = makeFence()
    const locking: Locking = {
      hostname: 'here',
      username: 'root',
      pid: 10,
      findProcess: (pid) => Promise.resolve(pid === 10 ? { program: `${systemOf('boot')}/10` } : undefined),
      patienceMs: 0,
      readingLock: 'needed',
      wait: (milliseconds, stop) => clock.wait(milliseconds, stop),
      onNotice: (notice) => notices.push(notice),
      ...who,
    }
    return { ...repository, clock, fence, locking, destination: fence.guard(destination, repository.prefix) }
  }
  return {
    clock,
    objects,
    notices,
    as,
    locks: () => [...objects.keys()].filter((name) => name.includes('locks/')),
    leave: async (lock) => {
      const holder = { hostname: 'there', username: 'root', pid: 99, exclusive: true }
      const timeNs = nsOfDate(clock.now())
      await writeUnpacked(repository, 'locks', encodeLock({ timeNs, ...holder, ...lock }), signal)
    },
  }
}

const quickly = () => Promise.resolve('done')

describe('a lock', () => {
  test('is written for the work and gone after it, also when the work fails', async () => {
    const world = await aWorld()
    let during = 0
    const failing = whileLocked(
      world.as({}),
      'shared',
      async () => {
        during = world.locks().length
        throw new Error('no')
      },
      signal,
    )

    await expect(failing).rejects.toThrow('no')
    expect([during, world.locks()]).toEqual([1, []])
  })

  test('comes back as it was written', () => {
    const lock = { timeNs: 5n, exclusive: true, hostname: 'h"', username: 'u', pid: 7, program: 'a/b/1' }
    expect(decodeLock(encodeLock(lock))).toEqual({ ...lock, lease: undefined })
  })

  test.each([
    ['shared', 'shared', true],
    ['shared', 'exclusive', false],
    ['exclusive', 'shared', false],
    ['exclusive', 'exclusive', false],
  ] as const)('that is %s beside one that is %s: %s', async (first, second, bears) => {
    const world = await aWorld()
    const other = world.as({ hostname: 'there', pid: 11 })
    const both = whileLocked(world.as({}), first, () => whileLocked(other, second, quickly, signal), signal)

    if (bears) expect(await both).toBe('done')
    else await expect(both).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' })
    expect(world.locks()).toEqual([])
  })

  test('says who has it, how, and since when it was not refreshed', async () => {
    const world = await aWorld()
    await world.leave({ hostname: 'pam-2', pid: 41, username: 'alma' })
    world.clock.advance(3 * minute)

    await expect(whileLocked(world.as({}), 'shared', quickly, signal)).rejects.toThrow(
      /process 41 of alma on pam-2, exclusively \(lock [0-9a-f]{8}, refreshed 3 minutes ago\)/,
    )
  })

  test('of two that come at the same moment, never both are alone', async () => {
    const world = await aWorld()
    let inside = 0
    const alone = (pid: number) =>
      whileLocked(
        world.as({ hostname: `host-${pid}` }),
        'exclusive',
        async () => {
          expect(++inside).toBe(1)
          await Promise.resolve()
          inside -= 1
        },
        signal,
      )

    const ends = await Promise.allSettled([alone(1), alone(2), alone(3)])

    expect(ends.filter((end) => end.status === 'fulfilled').length).toBeLessThanOrEqual(1)
    expect(world.locks()).toEqual([])
  })

  test('of another is waited for, as long as was asked, and not for ever', async () => {
    const world = await aWorld()
    const ended: string[] = []
    const holder = Promise.withResolvers<string>()
    const held = whileLocked(world.as({ hostname: 'there' }), 'exclusive', () => holder.promise, signal)
    await world.clock.run(1000)
    const waiter = (name: string, patienceMs: number) =>
      whileLocked(world.as({ patienceMs }), 'shared', quickly, signal).then(
        () => ended.push(`${name} worked`),
        () => ended.push(`${name} gave up`),
      )
    const waiting = [waiter('hasty', 30_000), waiter('patient', 10 * minute)]

    await world.clock.run(2 * minute)
    expect(ended).toEqual(['hasty gave up'])
    holder.resolve('done')
    await world.clock.run(3 * minute, () => ended.length === 2)
    await Promise.all([held, ...waiting])

    expect(ended).toEqual(['hasty gave up', 'patient worked'])
    expect(world.notices.map(({ kind }) => kind)).toEqual(['waiting', 'waiting'])
  })
})

describe('a lock that is kept', () => {
  test('is refreshed every five minutes by a new one', async () => {
    const world = await aWorld()
    const seen = new Set<string>()
    const work = Promise.withResolvers<string>()
    const held = whileLocked(world.as({}), 'exclusive', () => work.promise, signal)

    for (let n = 0; n < 60; n++) {
      await world.clock.run(minute)
      expect(world.locks()).toHaveLength(1)
      for (const lock of world.locks()) seen.add(lock)
    }
    work.resolve('done')
    await held

    expect(seen.size).toBeGreaterThanOrEqual(10)
    expect(world.locks()).toEqual([])
  })

  test('is lost when somebody removed it: the work is told, and can write nothing any more', async () => {
    const world = await aWorld()
    const mine = world.as({})
    const lost = whileLocked(
      mine,
      'shared',
      async (stop) => {
        for (const lock of world.locks()) world.objects.delete(lock)
        await world.clock.run(10 * minute, () => stop.aborted)
        expect(stop.reason).toMatchObject({ code: 'REPOSITORY_LOCK_LOST' })
        await mine.destination.put(parseObjectName('system/snapshots/x'), bodyOf(new Uint8Array(1)), signal)
      },
      signal,
    )

    await expect(lost).rejects.toMatchObject({ code: 'REPOSITORY_LOCK_LOST' })
    expect([...world.objects.keys()].filter((name) => name.includes('snapshots/'))).toEqual([])
    expect(world.locks()).toEqual([])
  })

  test('is lost when the destination takes no new one for too long', async () => {
    const world = await aWorld()
    const inner = memoryDestination(world.objects)
    let isFull = false
    const full: Destination = {
      ...inner,
      put: (...words) => (isFull ? Promise.reject(new Error('full')) : inner.put(...words)),
    }
    let minutes = 0
    const lost = whileLocked(
      world.as({}, full),
      'shared',
      async (stop) => {
        isFull = true
        for (; !stop.aborted && minutes < 40; minutes++) await world.clock.run(minute)
        stop.throwIfAborted()
      },
      signal,
    )

    await expect(lost).rejects.toMatchObject({ code: 'REPOSITORY_LOCK_LOST' })
    expect(minutes).toBeGreaterThanOrEqual(22)
    expect(minutes).toBeLessThan(25)
  })

  test('survives a destination that is away for a quarter of an hour', async () => {
    const world = await aWorld()
    const inner = memoryDestination(world.objects)
    let isAway = false
    const away: Destination = {
      ...inner,
      put: (...words) => (isAway ? Promise.reject(new Error('away')) : inner.put(...words)),
    }
    const held = whileLocked(
      world.as({}, away),
      'shared',
      async (stop) => {
        isAway = true
        await world.clock.run(15 * minute)
        isAway = false
        await world.clock.run(60 * minute)
        stop.throwIfAborted()
        return 'done'
      },
      signal,
    )

    expect(await held).toBe('done')
  })

  test.each(['still there', 'taken by another'])(
    'after the machine slept is looked at before anything is written: %s',
    async (found) => {
      const world = await aWorld()
      const mine = world.as({})
      const name = parseObjectName('system/index/x')
      const slept = whileLocked(
        mine,
        'shared',
        async () => {
          const isTaken = found === 'taken by another'
          if (isTaken) for (const lock of world.locks()) world.objects.delete(lock)
          world.clock.advance(8 * 60 * minute)
          // At once, before any timer has gone off.
          const put = mine.destination.put(name, bodyOf(new Uint8Array(1)), signal)
          put.catch(() => undefined)
          expect(world.objects.has(name)).toBe(false)
          await world.clock.run(minute)
          await put
        },
        signal,
      )

      if (found === 'still there') await slept
      else await expect(slept).rejects.toMatchObject({ code: 'REPOSITORY_LOCK_LOST' })
      expect(world.objects.has(name)).toBe(found === 'still there')
    },
  )

  test('is kept when the clock is set back or forth by an hour', async () => {
    const world = await aWorld()
    const held = whileLocked(
      world.as({}),
      'exclusive',
      async (stop) => {
        for (const hours of [-1, 1, -2, 2]) {
          world.clock.advance(hours * 60 * minute)
          await world.clock.run(20 * minute)
        }
        stop.throwIfAborted()
        return 'done'
      },
      signal,
    )

    expect(await held).toBe('done')
    expect(world.locks()).toEqual([])
  })

  test('that cannot be removed does not undo the work, and is told of', async () => {
    const world = await aWorld()
    const inner = memoryDestination(world.objects)
    const stuck = { ...inner, remove: () => Promise.reject(new Error('read-only')) }

    expect(await whileLocked(world.as({}, stuck), 'shared', quickly, signal)).toBe('done')
    expect(world.notices.map(({ kind }) => kind)).toEqual(['not-removed'])
    expect(world.notices[0]?.message).toContain('read-only')
  })
})

describe('a lock that was left', () => {
  const program = `${systemOf('boot')}/99`
  const inContainer = `${systemOf('boot', 'pid:[2]')}/99`
  const elsewhere = `${systemOf('other boot')}/99`
  test.each<[string, Partial<Lock>, number, string, string?]>([
    ['of a process of here that is gone', { hostname: 'here', program }, 0, 'removed'],
    ['of a process number that another has now', { hostname: 'here', pid: 10, program }, 0, 'removed'],
    [
      'of a lease that we have',
      { lease: 'ours', hostname: 'container-7', program: inContainer },
      0,
      'removed',
    ],
    [
      'of our lease, on a machine that may be our clone',
      { lease: 'ours', program: elsewhere },
      29,
      'refused',
    ],
    ['of our lease, on such a machine, not refreshed', { lease: 'ours', program: elsewhere }, 31, 'removed'],
    ['of our lease, on nobody knows what machine', { lease: 'ours' }, 29, 'refused'],
    [
      'of our lease, by our clone of our name',
      { hostname: 'here', lease: 'ours', program: elsewhere },
      6,
      'refused',
    ],
    [
      'of a lease that was counted on since',
      { lease: 'ours#6', program: elsewhere },
      11,
      'removed',
      'ours#7',
    ],
    [
      'of a lease that was counted on just now',
      { lease: 'ours#6', program: elsewhere },
      9,
      'refused',
      'ours#7',
    ],
    [
      'of our counted lease, taken after ours',
      { lease: 'ours#8', program: elsewhere },
      29,
      'refused',
      'ours#7',
    ],
    [
      'of our counted lease, before it was counted',
      { lease: 'ours', program: elsewhere },
      29,
      'refused',
      'ours#7',
    ],
    ['of restic here, gone for long', { hostname: 'here' }, 11, 'removed'],
    ['of restic here, gone a moment ago', { hostname: 'here' }, 1, 'refused'],
    [
      'of a container called alike',
      { hostname: 'here', program: `${systemOf('boot', 'pid:[2]')}/99` },
      5,
      'refused',
    ],
    ['of the lease of others', { lease: 'theirs' }, 0, 'refused'],
    ['of another host, refreshed lately', {}, 20, 'refused'],
    ['of another host, not refreshed for weeks', {}, 30_000, 'refused'],
    ['of a process of here that runs', { hostname: 'here', pid: 10 }, 0, 'refused'],
  ])('%s', async (_, lock, ageMinutes, outcome, lease = 'ours') => {
    const world = await aWorld()
    await world.leave(lock)
    world.clock.advance(ageMinutes * minute)

    const work = whileLocked(world.as({ lease }), 'exclusive', quickly, signal)

    if (outcome === 'refused') {
      await expect(work).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' })
      expect(world.locks()).toHaveLength(1)
    } else {
      expect(await work).toBe('done')
      expect(world.notices).toMatchObject([{ kind: 'removed-dead' }])
      expect(world.locks()).toEqual([])
    }
  })

  test('and bears ours is told of, as it will stop others', async () => {
    const world = await aWorld()
    await world.leave({ exclusive: false })
    world.clock.advance(3 * 24 * 60 * minute)

    await whileLocked(world.as({}), 'shared', quickly, signal)

    expect(world.notices.map(({ kind }) => kind)).toEqual(['left-stale'])
    expect(world.notices[0]?.message).toMatch(/on there .*refreshed 3 days ago/)
    expect(world.locks()).toHaveLength(1)
  })

  test.each(['for good', 'at first'])('unreadable %s', async (how) => {
    const world = await aWorld()
    await world.leave({ exclusive: false })
    const [name = '' as ObjectName] = world.locks()
    const whole = world.objects.get(name) ?? new Uint8Array()
    world.objects.set(name, whole.slice(0, 40))

    const work = whileLocked(world.as({}), 'shared', quickly, signal)
    work.catch(() => undefined)
    await world.clock.run(1000)
    if (how === 'at first') world.objects.set(name, whole)
    await world.clock.run(10_000)

    if (how === 'at first') expect(await work).toBe('done')
    else await expect(work).rejects.toThrow(new RegExp(`the lock ${name.slice(-64, -56)} cannot be read`))
  })

  test('unreadable among many is waited for beside three others, not after them', async () => {
    const world = await aWorld()
    for (let n = 0; n < 8; n++) {
      const id = parseObjectId(`${n}a`.repeat(32))
      world.objects.set(objectNameOf(world.as({}), 'locks', id), new Uint8Array(40))
    }
    const begun = world.clock.now().getTime()
    let isOver = false

    const work = whileLocked(world.as({}), 'shared', quickly, signal).finally(() => {
      isOver = true
    })
    work.catch(() => undefined)
    await world.clock.run(minute, () => isOver)

    await expect(work).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' })
    // One takes five turns of this clock, of a second each: eight in turn would take 40 seconds.
    expect(world.clock.now().getTime() - begun).toBeLessThan(20_000)
  })

  test('empty is nobody’s, after it was looked at again', async () => {
    const world = await aWorld()
    world.objects.set(objectNameOf(world.as({}), 'locks', parseObjectId('ab'.repeat(32))), new Uint8Array(0))

    const work = whileLocked(world.as({}), 'exclusive', quickly, signal)
    await world.clock.run(60_000)

    expect(await work).toBe('done')
    expect(world.notices).toMatchObject([{ kind: 'left-empty' }])
  })
})
