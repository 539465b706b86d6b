import { isRedomaError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import type { Run } from '../../ports/catalogue.ts'
import type { Transferred } from '../../ports/run-progress.ts'
import type { Context } from '../context.ts'
import type { Daemon } from '../daemon.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { OpenInstance } from '../services.ts'
import { tellProgress } from './progress-of-daemon.ts'

export interface Followed {
  readonly run: Run
  readonly transfers: readonly Transferred[]
}

const againMs = 1000

/**
 * Follows a run to its end, with the progress line where the daemon does it. Where there is no daemon, or it has gone, the catalogue says when the run has ended: that of a process that died
 * has.
 *
 * @param signal stops following, and not the run
 */
export async function followToEnd(
  { catalogue }: Pick<OpenInstance, 'catalogue'>,
  context: Pick<Context, 'terminal' | 'clock' | 'services'>,
  first: Daemon | undefined,
  id: number,
  signal: AbortSignal,
): Promise<Followed> {
  const { terminal, clock, services } = context
  using bar = startProgressBar(terminal, clock)
  const tell = tellProgress(bar.progress)
  let transfers: readonly Transferred[] = []
  let isSaid = false
  for (let daemon = first; ; daemon = await found()) {
    if (daemon !== undefined && !(await followed(daemon)) && !isSaid) {
      isSaid = true
      bar[Symbol.dispose]()
      terminal.note(
        `The daemon has gone. What becomes of run ${id} is in the catalogue: redoma backup follow ${id}`,
      )
    }
    const run = await catalogue.runs.get(id)
    if (run.state.kind !== 'running') return { run, transfers }
    await wait(againMs, signal)
  }

  /** What cannot be asked now is asked again. */
  function found(): Promise<Daemon | undefined> {
    return services.findDaemon().catch(() => undefined)
  }

  /** Whether to its end. */
  async function followed(daemon: Daemon): Promise<boolean> {
    try {
      for await (const news of daemon.followRun(id, signal)) {
        if (news.kind === 'end') return true
        if (news.kind === 'progress') tell(news.progress)
        else transfers = news.transfers
      }
    } catch (error) {
      signal.throwIfAborted()
      if (!isRedomaError(error, 'DAEMON_FAILED')) throw error
    }
    signal.throwIfAborted()
    return false
  }
}
