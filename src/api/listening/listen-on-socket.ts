import { randomUUID } from 'node:crypto'
import { chmod, lstat, mkdir, rename, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import type { Api } from '../contract/route.ts'
import { socketPath } from '../contract/socket-path.ts'
import { beAlone } from './be-alone.ts'
import { closeServer, type Listening, makeServer } from './make-server.ts'
import { localTurnstile } from './turn-away.ts'

export interface SocketDeps {
  /** The instance's `run` folder. */
  readonly runFolder: string
  /** The system's user id of who connected a socket, by its descriptor; absent where the system cannot be asked. */
  readonly userOf?: ((descriptor: number) => number) | undefined
  /** Told once of each user that was hung up on. */
  readonly onStranger?: (user: number) => void
  /** What is under way when it stops gets so long to end. */
  readonly patienceMs: number
}

/** So that nobody fills the log by asking under many names. */
const mostTold = 64

/**
 * Serves the API on a Unix socket that root and the instance's owner alone can open: 0600, in a folder of 0700. One that a daemon left
 * behind when it died gives way; one that a living daemon listens on does not.
 *
 * @throws RedomaError `DAEMON_RUNNING`, `FILE_FAILED`
 */
export async function listenOnSocket(api: Api, deps: SocketDeps): Promise<Listening> {
  const { runFolder, patienceMs } = deps
  const path = socketPath(runFolder)
  await makeFolder(runFolder)
  await using held = new AsyncDisposableStack()
  held.use(await beAlone(runFolder))
  const server = makeServer(
    api,
    localTurnstile(() => performance.now()),
  )
  refuseStrangers(server, deps)
  // It appears under its name when it answers, so that nobody takes it for a dead one meanwhile.
  const temporary = join(runFolder, `.${randomUUID().slice(0, 8)}`)
  await listen(server, temporary)
  held.defer(() => closeServer(server, patienceMs))
  await chmod(temporary, 0o600)
  await publish(temporary, path)
  // Before the server is closed: who comes from then on finds nothing, and does not wait.
  held.defer(() => rm(path, { force: true }))
  const owned = held.move()
  return { address: path, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const { mode, uid } = await lstat(folder)
    if (uid !== process.geteuid?.()) throw new Error('it belongs to another user')
    if ((mode & 0o077) !== 0) await chmod(folder, 0o700)
  } catch (error) {
    throw new RedomaError('FILE_FAILED', `no socket in ${folder}: ${messageOf(error)}`, { cause: error })
  }
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', reject).listen(path, () => {
    resolve(undefined)
  })
  try {
    await promise
  } catch (error) {
    // The system takes 107 bytes at most (unix(7)), and cuts nothing off silently.
    const hint =
      systemCode(error) === 'EINVAL'
        ? 'Its path may be too long: REDOMA_HOME names a shorter one.'
        : undefined
    throw new RedomaError('FILE_FAILED', `no socket in ${dirname(path)}: ${messageOf(error)}`, {
      hint,
      cause: error,
    })
  }
}

/** What lies there is of a daemon that died: one that lives would have the lock. */
async function publish(from: string, path: string): Promise<void> {
  try {
    await rename(from, path)
  } catch (error) {
    throw new RedomaError('FILE_FAILED', `no socket ${path}: ${messageOf(error)}`, { cause: error })
  }
}

/** The file's permissions say it already; should somebody have opened them, the kernel still says who it is. */
function refuseStrangers(server: Server, { userOf, onStranger }: SocketDeps): void {
  if (userOf === undefined) return
  const told = new Set<number>()
  server.prependListener('connection', (socket: Socket) => {
    const user = userAt(socket, userOf)
    if (user === 0 || (user !== undefined && user === process.geteuid?.())) return
    socket.destroy()
    if (user === undefined || told.has(user) || told.size >= mostTold) return
    told.add(user)
    onStranger?.(user)
  })
}

/** `undefined` when it cannot be told any more, since that end has gone: then nobody waits for an answer. */
function userAt(socket: Socket, userOf: (descriptor: number) => number): number | undefined {
  // Undocumented, and since its first versions the one way by which Node.js tells of a descriptor; without it nobody would be let in.
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: number } | null }
  try {
    return handle?.fd === undefined || handle.fd < 0 ? undefined : userOf(handle.fd)
  } catch {
    return undefined
  }
}
