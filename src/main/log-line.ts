import { Secret } from '../core/secret.ts'
import type { LogFields } from '../ports/log.ts'

export type LogLevel = 'info' | 'warn' | 'error'

/** `2026-11-22T20:50:00.000Z warn  backup failed  run=12 why="disk full"`: one event, one line, whatever is in it. */
export function plainLine(at: Date, level: LogLevel, event: string, fields: LogFields): string {
  const words = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${word(value)}`],
  )
  return [at.toISOString(), level.padEnd(5), safe(event), ...words].join(' ')
}

function word(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (value instanceof Secret) return '[secret]'
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : safe(JSON.stringify(value))
  return safe(JSON.stringify(value))
}

/** Nothing that could end the line, or steer the terminal of who reads it. */
function safe(text: string): string {
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g
