import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ownEnvironment } from './own-environment.ts'

const program = new URL('serve-at-speed.ts', import.meta.url).pathname

export interface FastDaemon {
  readonly home: string
  /** How many times as fast as the real clock its own goes. */
  readonly speed: number
  /** Since when, in milliseconds of the real clock. */
  readonly since?: number
  readonly environment?: Readonly<Record<string, string>>
}

/** The daemon of an instance by a clock that goes faster, in a process of its own, once it serves. */
export async function daemonAtSpeed({
  home,
  speed,
  since = Date.now(),
  environment = {},
}: FastDaemon): Promise<ChildProcess> {
  const given = { PATH: process.env['PATH'] ?? '', HOME: home, REDOMA_HOME: home, TZ: 'UTC' }
  const daemon = spawn(process.execPath, [program, String(since), String(speed)], {
    env: { ...given, ...ownEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(daemon.stdout, 'data')
  return daemon
}
