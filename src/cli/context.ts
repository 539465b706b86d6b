import type { Clock } from '../ports/clock.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Services } from './services.ts'
import type { Terminal } from './terminal.ts'

/** What every command is handed. */
export interface Context {
  readonly terminal: Terminal
  readonly services: Services
  readonly clock: Clock
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** The exit code, when it is not 0. */
  finish(code: ExitCode): void
}
