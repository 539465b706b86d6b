import type { NewShare } from '../../bundle/ceremony/make-key.ts'
import { RedomaError } from '../../core/errors.ts'
import { parseShare, type Share } from '../../crypto/slip39/parse-share.ts'
import type { Context } from '../context.ts'
import { readLine } from '../read-line.ts'

/**
 * The words of a share from standard input, where a program proves that it took them from a card or a sealed file: a line for each share.
 *
 * @throws RedomaError `USAGE` when it ends before, `KEY_WRONG`, `DATA_DAMAGED` when they are not right
 */
export async function takeBack({ terminal, signal }: Context, { number }: NewShare): Promise<Share> {
  const line = await readLine(terminal.stdin, signal)
  if (line === undefined) {
    throw new RedomaError(
      'USAGE',
      `share ${number} did not come back on standard input, so nothing was changed`,
      {
        hint: 'Give a line of words for each share, in their order, or add --prove-by-drill.',
      },
    )
  }
  return parseShare(line)
}
