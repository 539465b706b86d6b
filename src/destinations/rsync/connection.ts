import type { ChildProcess } from 'node:child_process'
import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { killGroup, lastOf } from '../../core/child-process.ts'
import { RedomaError } from '../../core/errors.ts'
import type { RsyncSpec } from '../../ports/destination-spec.ts'
import { sshFailure } from './failures.ts'
import { endOf, hold, keptBytes, letGo, startProgram } from './run-program.ts'
import { connectMs, keyName, knownHosts, knownHostsName, masterWords, socketName } from './ssh-words.ts'

/** The one SSH connection that every rsync goes through. */
export interface Connection extends AsyncDisposable {
  /** That `ssh` and `rsync` are run in: the socket and the other files are called by their names alone. */
  readonly folder: string
  /** Kept when it is there; it is made again when it was lost. @throws RedomaError as `sshFailure` */
  ready(signal: AbortSignal): Promise<void>
  readonly isReady: () => boolean
  /** What it complained of since it was made last. */
  complaints(): string
}

interface Master {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  readonly complaints: () => string
  hasEnded: boolean
}

const endMs = 2000

export interface ConnectionDeps {
  /** Empty, for this connection alone. */
  readonly folder: string
  readonly keyPath: string
  /** What it is called in messages. */
  readonly where: string
  /** After which a server that answers nothing is given up. */
  readonly silenceSeconds: number
}

/**
 * @throws RedomaError `USAGE`, `FORMAT_UNKNOWN` for a spec that cannot be
 */
export async function openConnection(
  spec: RsyncSpec,
  { folder, keyPath, where, silenceSeconds }: ConnectionDeps,
): Promise<Connection> {
  const words = masterWords(spec, silenceSeconds)
  await writeFile(join(folder, knownHostsName), knownHosts(spec), { mode: 0o600 })
  await symlink(keyPath, join(folder, keyName))
  let master: Master | undefined

  async function connect(signal: AbortSignal): Promise<Master> {
    // That of one that was killed.
    await rm(join(folder, socketName), { force: true })
    const child = startProgram({ name: 'ssh', words, folder })
    const complaints = lastOf(child.stderr, keptBytes)
    const made: Master = { child, complaints, hasEnded: false, ended: endOf(child, 'ssh') }
    const end = made.ended.finally(() => {
      made.hasEnded = true
      // What watches for our own end goes with it.
      killGroup(child)
    })
    end.catch(() => undefined)
    child.stdin?.on('error', () => undefined)
    const limit = AbortSignal.timeout(connectMs)
    try {
      await Promise.race([said(child), end, brokenBy(AbortSignal.any([signal, limit]))])
    } catch (error) {
      killGroup(child)
      signal.throwIfAborted()
      if (limit.aborted) throw sshFailure(where, `${complaints()} timed out`)
      throw error
    }
    if (made.hasEnded) throw sshFailure(where, complaints())
    // `ssh` ends with this process.
    letGo(child)
    return made
  }

  return {
    folder,
    complaints: () => master?.complaints() ?? '',
    isReady: () => master !== undefined && !master.hasEnded,
    async ready(signal) {
      if (master !== undefined && !master.hasEnded) return
      master = undefined
      master = await connect(signal)
    },
    async [Symbol.asyncDispose]() {
      if (master === undefined || master.hasEnded) return
      const { child, ended } = master
      // It is waited for now: with nothing else left to do, the process would end here, in the middle.
      hold(child)
      killGroup(child, 'SIGTERM')
      const patience = AbortSignal.timeout(endMs)
      await Promise.race([ended, brokenBy(patience)]).catch(() => {
        killGroup(child)
      })
    },
  }
}

/** Kept by the first line. */
function said(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.once('data', () => {
      resolve()
    })
    child.stdout?.resume()
  })
}

function brokenBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const broken = (): void => {
      reject(new RedomaError('CANCELLED', 'it was waited for in vain'))
    }
    if (signal.aborted) broken()
    else signal.addEventListener('abort', broken, { once: true })
  })
}
