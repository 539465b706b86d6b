import { describe, expect, test } from 'vitest'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { type JournalingDestination, journalingDestination } from '../support/journaling-destination.ts'
import { programMissing } from '../support/programs.ts'
import { expectPromisesKept, expectResticContent, openStore } from '../support/promises.ts'
import { aWorld, copyOfWorld, type Scenario, type World } from './scenario-world.ts'
import { scenarios } from './scenarios.ts'

const { signal } = new AbortController()
/** Every state is checked by us; restic has its say of each tenth, and of all when there is time. */
const resticEach = process.env['SLOW'] === undefined ? 10 : 1

describe.each(scenarios)('$name, at a destination that loses its power', (scenario) => {
  test('leaves at every moment a repository in which all is well, whatever was written of what was not flushed', async () => {
    await using prepared = await aWorld(scenario)
    const world = copyOfWorld(prepared)
    const journal = await actJournaled(scenario, world)
    let states = 0

    for (const { label, objects } of journal.statesAfterPowerCuts()) {
      const store = { ...prepared.store, objects, promised: keptPromises(prepared, world) }
      await expectPromisesKept(store, label)
      if (states % resticEach === 0 && !programMissing('restic')) await expectResticContent(store, label)
      states++
    }

    expect(states).toBeGreaterThan(0)
  })

  test('has made durable all that it reported as done', async () => {
    await using world = await aWorld(scenario)
    const journal = await actJournaled(scenario, world)

    await expectPromisesKept({ ...world.store, objects: journal.flushed() }, 'after the last flush')
    using repository = await openStore({ ...world.store, objects: journal.flushed() })
    const ids = (await listSnapshots(repository, signal)).snapshots.map(({ id }) => id)
    expect(ids.toSorted()).toEqual([...world.store.promised.keys()].toSorted())
  })
})

/** What was promised before, and was not given up by the work. */
function keptPromises(prepared: World, world: World): World['store']['promised'] {
  return new Map([...prepared.store.promised].filter(([id]) => world.store.promised.has(id)))
}

async function actJournaled(scenario: Scenario, world: World): Promise<JournalingDestination> {
  const made: JournalingDestination[] = []
  await scenario.act(world, () => {
    const journal = journalingDestination(world.store.objects)
    made.push(journal)
    return journal
  })
  const [journal] = made
  if (journal === undefined || made.length > 1) throw new Error('a scenario opens its destination once')
  return journal
}
