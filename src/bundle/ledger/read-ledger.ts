import { strictUtf8Text } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { maximumLineBytes } from './line.ts'

/** Where one line lies in the file: the bytes before `offset` are what a signature in it covers. */
export interface RawLine {
  readonly offset: number
  readonly text: string
}

const newline = 0x0a

/**
 * Cuts a ledger into its lines.
 *
 * @throws RedomaError `DATA_DAMAGED` when the last line is cut off or a line is not UTF-8, `LIMIT_EXCEEDED` for a line
 * longer than any of ours
 */
export function* linesOf(ledger: Uint8Array): Generator<RawLine> {
  let offset = 0
  while (offset < ledger.length) {
    const end = ledger.indexOf(newline, offset)
    if (end === -1) throw new RedomaError('DATA_DAMAGED', 'the ledger ends in the middle of a line')
    if (end - offset > maximumLineBytes) {
      throw new RedomaError('LIMIT_EXCEEDED', `the ledger has a line of ${end - offset} bytes`)
    }
    yield { offset, text: decode(ledger.subarray(offset, end)) }
    offset = end + 1
  }
}

function decode(line: Uint8Array): string {
  const text = strictUtf8Text(line)
  if (text === undefined) throw new RedomaError('DATA_DAMAGED', 'the ledger has a line that is not UTF-8')
  return text
}
