import { describe, expect, test } from 'vitest'
import type { Destination } from '../../src/ports/destination.ts'
import { programMissing } from '../support/programs.ts'
import { expectPromisesKept, expectResticContent } from '../support/promises.ts'
import { aWorld, backUpSource } from './scenario-world.ts'
import { scenarios } from './scenarios.ts'

const hourMs = 60 * 60 * 1000

describe
  .skipIf(programMissing('restic'))
  .each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'a clock that is set back an hour',
  (name, scenario) => {
    test(`in the midst of ${name} harms nothing, nor the backup after it`, async () => {
      await using world = await aWorld(scenario)
      let calls = 0
      // Of few calls the third is after the lock is taken, and before the work is done.
      const setBack = (): void => {
        if (++calls === 3) world.clock.advance(-hourMs)
      }

      await scenario.act(world, (inner) => watched(inner, setBack))

      expect(calls).toBeGreaterThanOrEqual(3)
      await expectPromisesKept(world.store, name)
      await backUpSource(world)
      await expectPromisesKept(world.store, `a backup after ${name}`)
      await expectResticContent(world.store, name)
    })
  },
)

/** Tells of each change and each reading. */
function watched(inner: Destination, call: () => void): Destination {
  return {
    ...inner,
    put: (...words) => {
      call()
      return inner.put(...words)
    },
    get: (...words) => {
      call()
      return inner.get(...words)
    },
    remove: (...words) => {
      call()
      return inner.remove(...words)
    },
  }
}
