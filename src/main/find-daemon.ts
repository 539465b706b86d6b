import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { isServed } from '../api/client/is-served.ts'
import { socketPath } from '../api/contract/socket-path.ts'
import type { Daemon } from '../cli/daemon.ts'
import type { Settings } from './settings.ts'

/**
 * The daemon that serves the instance, if there is one.
 *
 * @throws RedomaError `DAEMON_FAILED` where there is a socket that may not be opened
 */
export async function findDaemon({
  home,
  actor,
}: Pick<Settings, 'home' | 'actor'>): Promise<Daemon | undefined> {
  const path = socketPath(join(home, 'run'))
  if (!(await isServed(path))) return undefined
  const { daemonClient } = await import('../api/client/daemon-client.ts')
  const client = daemonClient(path, { actor })
  return {
    // One that is stopped takes connections, and answers nothing.
    version: async () => (await daemonClient(path, { actor, silenceMs: 20_000 }).instance()).version,
    startRun({ tags, leastShare, patienceMs, ...what }) {
      const copies =
        'plan' in what
          ? what
          : { jobs: [...what.jobs], sources: [...what.sources], destinations: [...what.destinations] }
      const patienceSeconds = Math.ceil(patienceMs / 1000)
      return client.startRun({ ...copies, tags: [...tags], leastShare, patienceSeconds }, randomUUID())
    },
    stopRun: (run) => client.cancelRun(run),
    followRun: (run, signal) => client.followRun(run, signal),
  }
}
