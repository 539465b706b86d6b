import type { Log } from '../ports/log.ts'
import type { Verification } from './verify-backup.ts'

const levels = { verified: 'info', 'left-out': 'warn', wrong: 'error', failed: 'error' } as const

export function logVerifications(log: Log, report: readonly Verification[]): void {
  for (const { destination, what, outcome } of report)
    log[levels[outcome.kind]]('backup verified', { destination, what, outcome: outcome.kind })
}
