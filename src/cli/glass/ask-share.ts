import { shareHash } from '../../bundle/shares/share-key.ts'
import type { NewShareList } from '../../bundle/shares/share-list.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { typeCardHere } from '../identities/type-card.ts'
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

/**
 * The words of a share, typed into a grid as on its card (nobody types twenty words blindly); asked for until they are right. On a screen
 * of its own, which is cleared.
 *
 * @throws RedomaError `CANCELLED` when it is given up
 */
export async function askShare(question: ShareQuestion): Promise<Share> {
  const { terminal, title, showAgain } = question
  const { bold, dim } = terminal.noteStyle
  const ways = [...(showAgain === undefined ? [] : ['"show" shows them once more']), '"stop" gives up']
  const commands = new Map<string, () => Promise<void>>([['stop', giveUp]])
  if (showAgain !== undefined) {
    commands.set('show', async () => {
      terminal.stderr.write('\u001b[H\u001b[2J')
      await showAgain()
    })
  }
  return typeCardHere(question, {
    heading: [bold(title), dim(`${ways.join(', ')}.`)],
    refuse: (share) => refusal(share, question),
    commands,
  })
}

async function giveUp(): Promise<never> {
  throw new RedomaError('CANCELLED', 'it was given up; nothing was changed')
}

function refusal(share: Share, { expected, others }: ShareQuestion): string | undefined {
  if (expected === undefined || share.words.equals(expected)) return undefined
  const sha256 = shareHash(share)
  const other = others?.shares.find((one) => one.sha256 === sha256)
  return other === undefined
    ? 'That is a whole card, but not this one, nor any of this ceremony: it is on an older paper.'
    : `That is card ${other.number}, and this one is another.`
}
