import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { type Fault, faultyDestination, mustBeTold } from '../support/faulty-destination.ts'
import { programMissing } from '../support/programs.ts'
import { expectPromisesKept, expectResticContent } from '../support/promises.ts'
import { aWorld, copyOfWorld, Incomplete, type Scenario, type World } from './scenario-world.ts'
import { scenarios } from './scenarios.ts'

const isSlow = process.env['SLOW'] !== undefined
const withRestic = !programMissing('restic')

/** restic has its say of each twenty-fifth round, and of all when there is time. */
const resticEach = isSlow ? 1 : 25
let rounds = 0

const faults: readonly Fault[] = ['fails-before', 'fails-after', 'truncates', 'is-delayed', 'is-duplicated']

describe.each(scenarios)('$name, at a destination whose n-th call', (scenario) => {
  test.each(faults)('%s, loses nothing, says what it could not do, and can be done again', async (fault) => {
    await using prepared = await aWorld(scenario)
    let calls = await countCalls(scenario, prepared)
    for (let failAt = 1; failAt <= calls; failAt += stepOf(fault)) {
      const world = { ...copyOfWorld(prepared), workers: workersOf(fault, failAt) }
      const { calls: now, error } = await actOnce(scenario, world, failAt, fault)
      calls = Math.max(calls, now)
      const label = `call ${failAt} of ${calls} ${fault}`
      expectTold(error, fault, label)
      await expectAllWell(world, `${label}: ${String(error)}`)
      await actAgain(scenario, world, label)
    }
  })
})

/** When there is little time, one fault meets every call, the others that fail a call each second, and what is only delayed or done twice each third. */
function stepOf(fault: Fault): number {
  if (isSlow || fault === 'fails-before') return 1
  return mustBeTold(fault) ? 2 : 3
}

/** Backups make the same calls with a thread and without, and to start one takes longer than all else: one fault meets some of them on threads. */
function workersOf(fault: Fault, failAt: number): number | undefined {
  return isSlow || (fault === 'fails-before' && failAt % 4 === 1) ? 1 : undefined
}

/** Of a run in which nothing goes wrong. */
async function countCalls(scenario: Scenario, prepared: World): Promise<number> {
  const { calls, error } = await actOnce(scenario, copyOfWorld(prepared), Infinity, 'fails-before')
  expect(error).toBeUndefined()
  return calls
}

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
  const isTold = error === undefined || error instanceof Incomplete || isRedomaError(error)
  if (!isTold) throw new Error(label, { cause: error })
  if (!mustBeTold(fault)) expect({ label, error }).toEqual({ label, error: undefined })
}

async function expectAllWell(world: World, label: string): Promise<void> {
  await expectPromisesKept(world.store, label)
  if (withRestic && rounds++ % resticEach === 0) await expectResticContent(world.store, label)
}

async function actAgain(scenario: Scenario, world: World, label: string): Promise<void> {
  await scenario.act(world, (inner) => inner)
  await expectPromisesKept(world.store, `again after ${label}`)
  if (isSlow && withRestic) await expectResticContent(world.store, `again after ${label}`)
}
