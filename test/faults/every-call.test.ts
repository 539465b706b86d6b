import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { type Fault, faultyDestination, mustBeTold } from '../support/faulty-destination.ts'
import { programMissing } from '../support/programs.ts'
import { expectPromisesKept, expectResticContent } from '../support/promises.ts'
import { aWorld, copyOfWorld, RestoreIncomplete, type Scenario, scenarios, type World } from './scenarios.ts'

const isSlow = process.env['SLOW'] !== undefined
const withRestic = !programMissing('restic')

const faults: readonly Fault[] = ['fails-before', 'fails-after', 'truncates', 'is-delayed', 'is-duplicated']

describe.each(scenarios)('$name, at a destination whose n-th call', (scenario) => {
  test.each(faults)(
    '%s, loses nothing, says what it could not do, and can be done again, for every n',
    async (fault) => {
      await using prepared = await aWorld(scenario)
      for (let failAt = 1; ; failAt++) {
        const world = copyOfWorld(prepared)
        const { calls, error } = await actOnce(scenario, world, failAt, fault)
        process.stderr.write(
          `${failAt}/${calls} ${fault} ${Math.round(performance.now())} ${String(error)}\n`,
        )
        if (failAt > calls) {
          expect({ failAt, error }).toEqual({ failAt, error: undefined })
          return
        }
        const label = `call ${failAt} of ${calls} ${fault}`
        expectTold(error, fault, label)
        await expectAllWell(world, `${label}: ${String(error)}`)
        await actAgain(scenario, world, label)
      }
    },
  )
})

async function actOnce(
  scenario: Scenario,
  world: World,
  failAt: number,
  fault: Fault,
): Promise<{ readonly calls: number; readonly error: unknown }> {
  let calls = (): number => 0
  const error = await scenario
    .act(world, (inner) => {
      const faulty = faultyDestination(inner, failAt, fault)
      calls = () => faulty.calls()
      return faulty
    })
    .catch((thrown: unknown) => thrown)
  return { calls: calls(), error }
}

/** By a typed error, or not at all. A call that failed may have been one that could be done without. */
function expectTold(error: unknown, fault: Fault, label: string): void {
  const isTold = error === undefined || error instanceof RestoreIncomplete || isRedomaError(error)
  expect({ label, error, isTold }).toMatchObject({ isTold: true })
  if (!mustBeTold(fault)) expect({ label, error }).toEqual({ label, error: undefined })
}

async function expectAllWell(world: World, label: string): Promise<void> {
  await expectPromisesKept(world.store, label)
  if (withRestic) await expectResticContent(world.store, label)
}

async function actAgain(scenario: Scenario, world: World, label: string): Promise<void> {
  await scenario.act(world, (inner) => inner)
  await expectPromisesKept(world.store, `again after ${label}`)
  if (isSlow && withRestic) await expectResticContent(world.store, `again after ${label}`)
}
