import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { messageOf } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log, LogFields } from '../ports/log.ts'
import { type LogLevel, plainLine } from './log-line.ts'
import { openRotatingFile, type RotatingFile } from './rotating-file.ts'

const rotation = { limitBytes: 8 * 1024 * 1024, keep: 5, mode: 0o600 }

export interface OpenLogDeps {
  readonly folder: string
  readonly clock: Clock
  /** Told once when the log cannot be written: a backup must not fail for want of a log. */
  readonly warn: (message: string) => void
}

/** `backup.log` for people, `backup.jsonl` for programs; the same events in both. */
export function openLog(deps: OpenLogDeps): Log & Disposable {
  const files = openFiles(deps)
  let json: Logger | undefined
  const log =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      files.write('log', `${plainLine(deps.clock.now(), level, event, fields)}\n`)
      json ??= jsonLogger(deps.clock, (line) => {
        files.write('jsonl', line)
      })
      json[level](fields, event)
    }
  return {
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    [Symbol.dispose]: () => {
      files.close()
    },
  }
}

/** Loads pino: most commands write nothing into the log, and need not wait for its thirty modules. */
function jsonLogger(clock: Clock, write: (line: string) => void): Logger {
  const options = {
    base: null,
    messageKey: 'event',
    timestamp: () => `,"time":"${clock.now().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino')
  return pino(options, { write })
}

interface LogFiles {
  write(kind: 'log' | 'jsonl', line: string): void
  close(): void
}

/** After the first failure nothing more is written, and nothing more is said about it. */
function openFiles({ folder, warn }: OpenLogDeps): LogFiles {
  let open = new Map<string, RotatingFile>()
  let works = true
  const close = (): void => {
    for (const file of open.values()) file.close()
    open = new Map()
  }
  const attempt = (work: () => void): void => {
    if (!works) return
    try {
      work()
    } catch (error) {
      works = false
      warn(`the log in ${folder} cannot be written (${messageOf(error)})`)
    }
  }
  return {
    write: (kind, line) => {
      attempt(() => {
        const file = open.get(kind) ?? openRotatingFile(join(folder, `backup.${kind}`), rotation)
        open.set(kind, file)
        file.write(line)
      })
    },
    close,
  }
}
