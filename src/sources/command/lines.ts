import { RedomaError } from '../../core/errors.ts'

/**
 * The lines of a UTF-8 text, without their ends (`\n` or `\r\n`); the last one need not have any.
 *
 * @throws RedomaError `LIMIT_EXCEEDED` when a line is longer than `limitBytes`, `DATA_DAMAGED` when it is not UTF-8
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<string> {
  let begun: Uint8Array[] = []
  let length = 0
  for await (const chunk of bytes) {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(newline, start)
      const part = chunk.subarray(start, end < 0 ? undefined : end)
      length += part.length
      if (length > limitBytes)
        throw new RedomaError('LIMIT_EXCEEDED', `a line of more than ${limitBytes} bytes`)
      begun.push(part)
      if (end < 0) break
      yield textOf(begun)
      begun = []
      length = 0
      start = end + 1
    }
  }
  if (length > 0) yield textOf(begun)
}

const newline = 0x0a

function textOf(parts: readonly Uint8Array[]): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
    return text.endsWith('\r') ? text.slice(0, -1) : text
  } catch (error) {
    throw new RedomaError('DATA_DAMAGED', 'a line is not UTF-8', { cause: error })
  }
}
