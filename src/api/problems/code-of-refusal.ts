import type { ErrorCode } from '../../core/errors.ts'

const codes: Readonly<Record<number, ErrorCode>> = {
  411: 'LENGTH_MISSING',
  413: 'LIMIT_EXCEEDED',
  421: 'HOST_UNKNOWN',
  429: 'TOO_OFTEN',
  431: 'LIMIT_EXCEEDED',
  503: 'TOO_OFTEN',
}

/** Of a request that HTTP itself has a status for: a program that shall wait, or ask otherwise, need not read words to know which. */
export function codeOfRefusal(status: number): ErrorCode {
  return codes[status] ?? 'USAGE'
}
