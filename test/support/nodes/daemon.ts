import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Ended, Redoma } from '../redoma.ts'

/** `redoma serve` of one node, started as often as it is wanted. */
export interface Daemon {
  readonly isUp: boolean
  readonly processId: number | undefined
  /** Does nothing while it is up; else starts it, and waits until it serves. */
  start(): Promise<void>
  signal(signal: NodeJS.Signals): void
  ended(): Promise<Ended>
  stop(): Promise<Ended>
}

export function daemonOf(node: Redoma): Daemon {
  let child: ChildProcess | undefined
  let ended: Promise<Ended> | undefined
  const isUp = (): boolean => child?.exitCode === null && child.signalCode === null
  const end = (): Promise<Ended> => ended ?? Promise.reject(new Error('it was never started'))
  return {
    get isUp() {
      return isUp()
    },
    get processId() {
      return child?.pid
    },
    async start() {
      if (isUp()) return
      const started = node.start(['serve'])
      child = started.child
      ended = started.ended
      if (child.stderr === null) throw new TypeError('unreachable')
      // It says so there; where it cannot serve it says why, and ends.
      await Promise.race([once(child.stderr, 'data'), ended])
      if (!isUp()) throw new Error(`it did not start: ${(await ended).stderr}`)
    },
    signal(signal) {
      if (isUp()) child?.kill(signal)
    },
    ended: end,
    async stop() {
      child?.kill('SIGTERM')
      return await end()
    },
  }
}
