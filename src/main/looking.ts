import { makeBrowseSystem } from '../app/browse-system.ts'
import { makeListSnapshots, type RepositoryAccess } from '../app/restore-system.ts'
import { type LookIntoSnapshots, makeLookIntoSnapshots } from '../app/snapshots/look-into-snapshots.ts'
import { entryNamed } from '../cli/named.ts'
import type { OpenInstance } from '../cli/services.ts'
import { loadFileCalls, loadPrimitives } from '../crypto/native.ts'
import type { Clock } from '../ports/clock.ts'

export type WithFresh = <T>(use: (fresh: OpenInstance) => Promise<T>) => Promise<T>

/** Who waits for an answer does not wait for a prune. */
const patienceMs = 5000

/** Each look has ways to destinations of its own, as runs have. */
export function looking(withFresh: WithFresh, clock: Clock): LookIntoSnapshots {
  const look = <T>(use: (look: LookIntoSnapshots) => Promise<T>): Promise<T> =>
    withFresh((fresh) => {
      const deps = { clock, primitives: loadPrimitives(), fileCalls: loadFileCalls() }
      const listSnapshots = makeListSnapshots(deps)
      const browse = makeBrowseSystem(deps)
      const repositoryAt = (name: string) => repositoryOf(fresh, name, patienceMs)
      return use(makeLookIntoSnapshots({ clock, repositoryAt, listSnapshots, browse }))
    })
  return {
    list: (...asked) => look((there) => there.list(...asked)),
    entries: (...asked) => look((there) => there.entries(...asked)),
    find: (...asked) => look((there) => there.find(...asked)),
  }
}

/** @throws RedomaError `NOT_FOUND`, `DESTINATION_FORBIDDEN` */
export async function repositoryOf(
  fresh: Pick<OpenInstance, 'systemRepositories'>,
  name: string,
  patience: number,
): Promise<RepositoryAccess & { readonly knownId: string | undefined }> {
  const access = entryNamed('destination', name, await fresh.systemRepositories(name, 'writing'))
  return { ...access, locking: { ...access.locking, patienceMs: patience } }
}
