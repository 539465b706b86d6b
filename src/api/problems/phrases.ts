import { STATUS_CODES } from 'node:http'

/** What HTTP calls a status. */
export function phraseOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error'
}
