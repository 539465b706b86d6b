import { makeListSnapshots, makeRestoreSystem } from '../app/restore-system.ts'
import { keptRestoreRoot } from '../app/restores/restore-root.ts'
import { makeRestores, type Restores } from '../app/restores/restores.ts'
import { loadFileCalls, loadPrimitives } from '../crypto/native.ts'
import type { Clock } from '../ports/clock.ts'
import { repositoryOf, type WithFresh } from './looking.ts'
import { ownPlaces } from './own-places.ts'
import type { Settings } from './settings.ts'

/** A person may be pruning, which lasts for hours: a restore that has begun waits for it. */
const patienceMs = 60 * 60_000

/** What a daemon restores for those who ask it. Each has ways to destinations of its own, as runs have. */
export function restoring(settings: Settings, withFresh: WithFresh, clock: Clock): Restores {
  const root = () => keptRestoreRoot(settings.home).read()
  const restores = <T>(use: (restores: Restores) => Promise<T>): Promise<T> =>
    withFresh((fresh) => {
      const deps = { clock, primitives: loadPrimitives(), fileCalls: loadFileCalls() }
      return use(
        makeRestores({
          root,
          ownPlaces: () => ownPlaces(settings, fresh.catalogue),
          repositoryAt: (name) => repositoryOf(fresh, name, patienceMs),
          listSnapshots: makeListSnapshots(deps),
          restoreSystem: makeRestoreSystem(deps),
          secondPersonFor: async (actor) => fresh.as(actor).requireSecondPerson,
        }),
      )
    })
  return {
    root,
    plan: (...asked) => restores((there) => there.plan(...asked)),
    carryOut: (...asked) => restores((there) => there.carryOut(...asked)),
  }
}
