import { shareHash } from '../../bundle/shares/share-key.ts'
import type { NewShareList } from '../../bundle/shares/share-list.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { ShareError } from '../../crypto/slip39/fault.ts'
import { parseShare, type Share } from '../../crypto/slip39/parse-share.ts'
import { sayFault } from '../../crypto/slip39/say-fault.ts'
import { printable } from '../printable.ts'
import { readLine } from '../read-line.ts'
import type { Terminal } from '../terminal.ts'

export interface ShareQuestion {
  readonly terminal: Terminal
  readonly signal: AbortSignal
  readonly title: string
  /** The only right answer, where it is known. */
  readonly expected?: Secret | undefined
  /** Tells which share it is that was typed instead. */
  readonly others?: Pick<NewShareList, 'shares'> | undefined
  /** Shows the words once more. */
  readonly showAgain?: (() => Promise<void>) | undefined
}

const wordsOfShare = 20

/**
 * The words of a share, typed and echoed (nobody types twenty words blindly); asked for until they are right. What is wrong with them is said,
 * with what may be meant.
 *
 * @throws RedomaError `CANCELLED` when it is given up
 */
export async function askShare(question: ShareQuestion): Promise<Share> {
  const { terminal, title, showAgain } = question
  const { bold, dim, yellow } = terminal.noteStyle
  const ways = [...(showAgain === undefined ? [] : ['"show" shows them once more']), '"stop" gives up']
  for (;;) {
    terminal.note(bold(title), dim(`The first four letters of each are enough. ${ways.join(', ')}.`), '')
    const typed = (await typedWords(question)).trim()
    if (typed.toLowerCase() === 'stop')
      throw new RedomaError('CANCELLED', 'it was given up; nothing was changed')
    if (typed.toLowerCase() === 'show' && showAgain !== undefined) {
      terminal.stderr.write('\u001b[H\u001b[2J')
      await showAgain()
      continue
    }
    const outcome = judge(typed, question)
    if (typeof outcome !== 'string') return outcome
    terminal.note('', yellow(printable(outcome)), '')
  }
}

/** Lines until they have all words, or an empty one. */
async function typedWords({ terminal, signal }: ShareQuestion): Promise<string> {
  const lines: string[] = []
  let count = 0
  for (;;) {
    terminal.stderr.write(count === 0 ? '> ' : `${count} of ${wordsOfShare} > `)
    const line = await readLine(terminal.stdin, signal)
    if (line === undefined) throw new RedomaError('CANCELLED', 'nobody is there; nothing was changed')
    if (/^(show|stop)$/i.test(line.trim())) return line
    lines.push(line)
    const words = lines
      .join(' ')
      .split(/[^\p{L}?]+/u)
      .filter((word) => word !== '')
    count = words.length
    if (count >= wordsOfShare || line.trim() === '') return lines.join(' ')
  }
}

function judge(typed: string, { expected, others }: ShareQuestion): Share | string {
  try {
    const share = parseShare(typed)
    if (expected === undefined || share.words.equals(expected)) return share
    const sha256 = shareHash(share)
    const other = others?.shares.find((one) => one.sha256 === sha256)
    return other === undefined
      ? 'That is a whole share, but not this one, nor any of this ceremony: it is on an older paper.'
      : `That is share ${other.number}, and this one is another.`
  } catch (error) {
    if (error instanceof ShareError) return sayFault(error.fault, 'en')
    throw error
  }
}
