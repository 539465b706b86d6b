import { RedomaError } from '../../core/errors.ts'

/** Ours are under 4 KiB, a hybrid stanza being 1.6; what is longer would only make a reader work and wait. */
export const headerLimitBytes = 256 * 1024

const magic = Buffer.from('age-encryption.org/v1\n')
const lastLine = Buffer.from('\n---')

/**
 * Where the header ends in the first bytes of a file: after the line that begins with `---`, which no other line can.
 * `undefined` when it does not end in them.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` when this is no age file, `LIMIT_EXCEEDED` when the header is too long
 */
export function findHeaderEnd(start: Uint8Array): number | undefined {
  const bytes = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, headerLimitBytes))
  const seen = Math.min(bytes.length, magic.length)
  if (!bytes.subarray(0, seen).equals(magic.subarray(0, seen))) {
    throw new RedomaError('FORMAT_UNKNOWN', 'this is not an age file (version 1)')
  }
  const lineStart = bytes.indexOf(lastLine)
  const lineEnd = lineStart < 0 ? -1 : bytes.indexOf(0x0a, lineStart + lastLine.length)
  if (lineEnd >= 0) return lineEnd + 1
  if (start.length >= headerLimitBytes) {
    throw new RedomaError(
      'LIMIT_EXCEEDED',
      `the header of the age file is longer than ${headerLimitBytes} bytes`,
    )
  }
  return undefined
}

export function headerCutOff(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'the age file was cut off in its header')
}
