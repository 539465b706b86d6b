import { equalBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'

/** Ours are under 4 KiB, a hybrid stanza being 1.6; what is longer would only make a reader work and wait. */
export const headerLimitBytes = 256 * 1024

const magic = new TextEncoder().encode('age-encryption.org/v1\n')
const newline = 0x0a
const dash = 0x2d

/**
 * Where the header ends in the first bytes of a file: after the line that begins with `---`, which no other line can.
 * `undefined` when it does not end in them.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` when this is no age file, `LIMIT_EXCEEDED` when the header is too long
 */
export function findHeaderEnd(start: Uint8Array): number | undefined {
  const bytes = start.subarray(0, headerLimitBytes)
  const seen = Math.min(bytes.length, magic.length)
  if (!equalBytes(bytes.subarray(0, seen), magic.subarray(0, seen))) {
    throw new RedomaError('FORMAT_UNKNOWN', 'this is not an age file (version 1)')
  }
  const lineStart = findLastLine(bytes)
  const lineEnd = lineStart < 0 ? -1 : bytes.indexOf(newline, lineStart)
  if (lineEnd >= 0) return lineEnd + 1
  if (start.length >= headerLimitBytes) {
    throw new RedomaError(
      'LIMIT_EXCEEDED',
      `the header of the age file is longer than ${headerLimitBytes} bytes`,
    )
  }
  return undefined
}

/** Where the text of the line that begins with `---` goes on; -1 when there is none. */
function findLastLine(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
    if (bytes[at + 1] === dash && bytes[at + 2] === dash && bytes[at + 3] === dash) return at + 4
  }
  return -1
}

export function headerCutOff(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'the age file was cut off in its header')
}
