import { isRedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import type { Daemon, RunRequest } from '../daemon.ts'
import type { OpenInstance } from '../services.ts'
import { type Followed, followToEnd } from './follow-to-end.ts'

/**
 * The daemon that is to do a run, if there is one of this version: another one might understand something else. Without it this process does the run, which is as right, since the catalogue lets one
 * begin at a time.
 */
export async function daemonToUse({ services, terminal }: Context): Promise<Daemon | undefined> {
  const daemon = await services.findDaemon()
  if (daemon === undefined) return undefined
  const why = await unfitness(daemon, services.version)
  if (why === undefined) return daemon
  terminal.note(
    `${terminal.noteStyle.yellow('note:')} ${why}: this command does the run itself. Start the daemon anew: systemctl restart redoma`,
  )
  return undefined
}

async function unfitness(daemon: Daemon, own: string): Promise<string | undefined> {
  try {
    const version = await daemon.version()
    return version === own ? undefined : `the daemon is of version ${version}, and this program of ${own}`
  } catch (error) {
    if (isRedomaError(error, 'DAEMON_FAILED')) return error.message
    throw error
  }
}

/**
 * Hands a run to the daemon and follows it to its end. Who interrupts this stops the run, and waits until it has ended; interrupted twice, this ends and the daemon goes on to stop it.
 *
 * @throws RedomaError those of the daemon before the run has begun; the signal's reason when it was stopped by it
 */
export async function backUpByDaemon(
  instance: Pick<OpenInstance, 'catalogue'>,
  context: Context,
  daemon: Daemon,
  request: RunRequest,
): Promise<Followed> {
  const { signal, terminal } = context
  signal.throwIfAborted()
  const id = await begin(instance, daemon, request)
  if (terminal.live) terminal.note(terminal.noteStyle.dim(`Run ${id}, by the daemon. Ctrl-C stops it.`))
  const unstoppable = new AbortController()
  const stop = (): void => {
    daemon.stopRun(id).catch((error: unknown) => {
      // One that has ended meanwhile, or went with its daemon, is told of as it is.
      if (isRedomaError(error, 'USAGE') || isRedomaError(error, 'DAEMON_FAILED')) return
      unstoppable.abort(error)
    })
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const followed = await followToEnd(instance, context, daemon, id, unstoppable.signal)
    if (followed.run.state.kind === 'cancelled') signal.throwIfAborted()
    return followed
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Where the daemon goes after it has begun the run, and before it has said its number, the catalogue knows it. */
async function begin(
  { catalogue }: Pick<OpenInstance, 'catalogue'>,
  daemon: Daemon,
  request: RunRequest,
): Promise<number> {
  const [before] = await catalogue.runs.list(1)
  try {
    return await daemon.startRun(request)
  } catch (error) {
    if (!isRedomaError(error, 'DAEMON_FAILED')) throw error
    const [newest] = await catalogue.runs.list(1)
    const isBegun = newest !== undefined && newest.id > (before?.id ?? 0)
    // One that was due is none of ours.
    if (!isBegun || newest.dueAt !== undefined) throw error
    return newest.id
  }
}
