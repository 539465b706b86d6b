import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { memoryDisk } from '../support/memory-disk.ts'
import { mountRefused } from '../support/mounting.ts'
import { rsyncWorld } from '../support/rsync-world.ts'
import { childrenOf, sshServerMissing } from '../support/ssh-server.ts'
import { type Patient, strikeRuns } from './striking/strike-runs.ts'

const names = [
  'the connection is cut',
  'the server is killed',
  'the disk is full',
  'the server is frozen',
  'the key is let in no more',
  'the folder is taken away',
] as const
type Name = (typeof names)[number]

describe.skipIf(sshServerMissing() || mountRefused())('a server of copies', () => {
  strikeRuns('by rsync', names, aServer, { concurrently: true })
})

async function aServer(name: Name): Promise<Patient<Name>> {
  await using opening = new AsyncDisposableStack()
  const world = opening.use(await rsyncWorld())
  const { server } = world
  const disk = opening.use(await memoryDisk(64))
  const copies = join(disk.path, 'copies')
  await mkdir(copies)
  await server.allowOnly(copies)
  const proxy = opening.use(await startCuttingProxy(server.port))
  const clock = { now: () => new Date() }
  const ballast = join(disk.path, 'ballast')
  const stack = opening.move()
  // Only who is frozen has to be given up for its silence: of the others, a loaded machine must not be taken for lost.
  const silenceSeconds = name === 'the server is frozen' ? 10 : 60
  let reached = 0
  return {
    direct: localDestination(copies, clock),
    reach: () =>
      world.reach(
        { port: proxy.port },
        { silenceSeconds, spoolFolder: join(world.root, `spool-${reached++}`) },
      ),
    blows: {
      'the connection is cut': {
        strike: cut,
        heal: async () => undefined,
        says: /^DESTINATION_UNREACHABLE: /,
        passes: true,
      },
      'the server is killed': {
        strike: () => server.stop(),
        heal: () => server.start(),
        says: /^DESTINATION_UNREACHABLE: /,
      },
      'the server is frozen': {
        strike: () => signalAll('SIGSTOP'),
        heal: () => signalAll('SIGCONT'),
        says: /^DESTINATION_UNREACHABLE: /,
      },
      'the disk is full': {
        strike: () => writeFile(ballast, Buffer.alloc(128 * 1024 * 1024)).catch(() => undefined),
        heal: () => rm(ballast, { force: true }),
        says: /^DESTINATION_FULL: .*no room left/,
      },
      'the key is let in no more': {
        strike: async () => {
          await server.letNobodyIn()
          await cut()
        },
        heal: () => server.allowOnly(copies),
        says: /^DESTINATION_FORBIDDEN: .*does not let this instance’s key in/,
      },
      'the folder is taken away': {
        strike: () => rename(copies, `${copies}-away`),
        heal: async () => {
          // What rsync may have made in its place meanwhile would be in the way.
          await rm(copies, { recursive: true, force: true })
          await rename(`${copies}-away`, copies)
        },
        says: /^DESTINATION_UNREACHABLE: .*folder (?:that the account is led to is not there|there was taken away)/,
      },
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }

  async function cut(): Promise<void> {
    proxy.cutNow()
  }

  async function signalAll(which: NodeJS.Signals): Promise<void> {
    for (const pid of [server.processId, ...childrenOf(server.processId)]) {
      try {
        process.kill(pid, which)
      } catch {
        // It has ended by itself meanwhile.
      }
    }
  }
}
