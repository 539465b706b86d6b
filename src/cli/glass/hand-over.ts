import type { NewShare } from '../../bundle/ceremony/make-key.ts'
import type { RecoveryKey } from '../../bundle/ceremony/recovery-key.ts'
import { schemeWords } from '../../bundle/ceremony/scheme-words.ts'
import { numberedWords } from '../../bundle/ceremony/share-words.ts'
import { readableFingerprint } from '../../bundle/ceremony/wrap-identity.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { askLine } from '../ask-line.ts'
import type { Context } from '../context.ts'
import { printable } from '../printable.ts'
import { onPrivateScreen } from '../private-screen.ts'
import { askShare } from './ask-share.ts'

export interface HandOver {
  /** Whether it is on paper already. */
  readonly isOnCard: boolean
  /** Name of whoever it is for. */
  readonly guardian: string | undefined
}

/**
 * Gives one share to its guardian at the terminal: shows it alone, or has it taken from the card that was printed, and asks for it back until
 * it is right.
 *
 * @throws RedomaError `CANCELLED` when it is given up
 */
export async function handOver(
  { terminal, signal }: Context,
  share: NewShare,
  key: RecoveryKey,
  { isOnCard, guardian }: HandOver,
): Promise<Share> {
  const name = `${shareName(share, key)}${guardian === undefined ? '' : `, for ${printable(guardian)}`}`
  const { bold, dim, green } = terminal.noteStyle
  const waitForEnter = async (words: string): Promise<void> => {
    if ((await askLine(terminal, dim(words), signal)) === undefined)
      throw new RedomaError('CANCELLED', 'nobody is there')
  }
  terminal.note(bold(name))
  await waitForEnter(
    isOnCard
      ? 'Print its card and give it to its guardian, who then presses Enter. '
      : 'Let its guardian alone to this screen, who then presses Enter. ',
  )
  const typed = await onPrivateScreen(terminal, async () => {
    if (!isOnCard) await show()
    return askShare({
      terminal,
      signal,
      title: `${name}: now type its words from the paper.`,
      expected: share.words,
      others: key.quorum?.shares,
      showAgain: isOnCard ? undefined : show,
    })
  })
  terminal.note(`${green('✓')} taken down, and typed back`, '')
  return typed

  async function show(): Promise<void> {
    const card = numberedWords(share.words).map((line) => `    ${bold(line)}`)
    const scheme = key.quorum === undefined ? '' : schemeWords(key.quorum.shares, 'cards')
    const about = `${printable(key.instanceName ?? '')}, fingerprint ${readableFingerprint(key.fingerprint).slice(0, 19)} …`
    terminal.note(
      `${bold(name)}   ${dim(about)}`,
      '',
      ...card,
      '',
      `For its guardian alone. Write all words on paper, in this order and with their numbers, and the number of the card. Needed to open anything: ${scheme}.`,
      '',
    )
    await waitForEnter('Press Enter when they are on paper; then the screen is cleared. ')
    terminal.stderr.write('\u001b[H\u001b[2J')
  }
}

/** As on the card: `Card 2 of 5`, `Card 2 of 5, of operations`. */
export function shareName({ number, group }: NewShare, { quorum }: RecoveryKey): string {
  const groups = quorum?.shares.groups ?? []
  const ofGroup = groups.length > 1 ? `, of ${printable(groups[group]?.name ?? '')}` : ''
  return `Card ${number} of ${quorum?.shares.shares.length ?? 0}${ofGroup}`
}
