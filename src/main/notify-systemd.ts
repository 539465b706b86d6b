import { onOneLine } from '../core/child-process.ts'
import { RedomaError } from '../core/errors.ts'
import type { SendDatagram } from '../crypto/native/datagrams.ts'
import type { SystemdSettings } from './settings.ts'

/** Tells systemd how a service does that runs until it is stopped (sd_notify(3)). Where systemd did not start it, nothing happens. */
export interface NotifySystemd {
  /**
   * It is up: what waits for it may start.
   *
   * @throws RedomaError `PROGRAM_FAILED`: systemd would end a service of which it never hears this
   */
  ready(): void
  /** It was told to stop, and does; `hookMs`: what a hook that has to run first may take, in milliseconds, for which systemd waits beyond `TimeoutStopSec` of the unit. */
  stopping(hookMs?: number): void
  /** One line for `systemctl status`. */
  status(text: string): void
  /** It lives. To be called from where the work is done: who calls it from a timer alone shows that timers work. */
  alive(): void
  /** How often `alive` is to be called, in milliseconds: twice in the time after which systemd takes it for dead. */
  readonly aliveEveryMs: number | undefined
}

/** For what is to be written down after the hook. */
const lastWordsMs = 5 * 60_000

/**
 * By a datagram that we send ourselves. Systemd takes it from the service's main process alone (`NotifyAccess=main`); the program `systemd-notify`
 * is another process, which may have ended before systemd looks whose it was, and would have to be started for each sign of life.
 *
 * @param send `undefined` where this machine offers no way (see `loadDatagrams`)
 */
export function notifySystemd(
  { notifyAddress, watchdogMs }: Pick<SystemdSettings, 'notifyAddress' | 'watchdogMs'>,
  send: SendDatagram | undefined,
): NotifySystemd {
  const tell = (words: string): void => {
    if (notifyAddress === undefined) return
    if (send === undefined) throw new Error('this machine has no call for it')
    send(notifyAddress, Buffer.from(words))
  }
  /** What is lost of these systemd finds out by itself. */
  const mention = (words: string): void => {
    try {
      tell(words)
    } catch {
      // As above.
    }
  }
  return {
    ready() {
      try {
        tell('READY=1')
      } catch (cause) {
        throw new RedomaError('PROGRAM_FAILED', 'systemd cannot be told that the service is up', {
          hint: 'The unit needs Type=notify and NotifyAccess=main: redoma install',
          cause,
        })
      }
    },
    stopping: (hookMs = 0) => {
      const waited = hookMs === 0 ? '' : `\nEXTEND_TIMEOUT_USEC=${(hookMs + lastWordsMs) * 1000}`
      mention(`STOPPING=1${waited}`)
    },
    status: (text) => {
      mention(`STATUS=${onOneLine(text)}`)
    },
    alive: () => {
      mention('WATCHDOG=1')
    },
    aliveEveryMs: watchdogMs === undefined ? undefined : watchdogMs / 2,
  }
}
