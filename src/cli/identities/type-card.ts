import type { ShareList } from '../../bundle/shares/share-list.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { askLine } from '../ask-line.ts'
import { printable } from '../printable.ts'
import { onPrivateScreen } from '../private-screen.ts'
import { type CardEntry, emptyCard, nextPlace, typeIntoCard, wordsOfCard } from './card-entry.ts'
import type { Asking } from './open-identity-files.ts'

const columns = 4
const columnWidth = 18

export interface CardQuestion {
  /** Which card, and what was said of those before. */
  readonly heading: readonly string[]
  /** What is known of cards. */
  readonly lists?: readonly ShareList[]
  /** Why a whole card is not the one that is wanted; the next one then begins. */
  readonly refuse?: (share: Share) => string | undefined
  /** Lines that do something else, by what is typed: none of them is a word of a card. */
  readonly commands?: ReadonlyMap<string, () => Promise<void>>
}

/**
 * One card, typed on the terminal's other screen: nothing of it stays when it was taken.
 *
 * @throws RedomaError `CANCELLED` at the end of the input
 */
export function typeCard(
  asking: Asking,
  lists: readonly ShareList[],
  heading: readonly string[],
): Promise<Share> {
  return onPrivateScreen(asking.terminal, () => typeCardHere(asking, { heading, lists }))
}

/**
 * The same on the screen that is there, which is cleared before each line.
 *
 * @throws RedomaError `CANCELLED` at the end of the input, and what a command throws
 */
export async function typeCardHere(
  { terminal, signal }: Asking,
  { heading, lists = [], refuse, commands }: CardQuestion,
): Promise<Share> {
  const { stderr, noteStyle } = terminal
  for (let entry = emptyCard; ; ) {
    stderr.write('\u001b[H\u001b[2J')
    terminal.note(...heading, '', ...boxes(entry), '', ...remarks(entry))
    const line = await askLine(terminal, promptOf(entry), signal)
    if (line === undefined) throw new RedomaError('CANCELLED', 'the card was not typed to its end')
    const command = commands?.get(line.trim().toLowerCase())
    if (command !== undefined) {
      await command()
      continue
    }
    const step = typeIntoCard(entry, line, lists)
    if (step.kind === 'going-on') {
      entry = step.entry
      continue
    }
    const refusal = refuse?.(step.share)
    if (refusal === undefined) return step.share
    entry = { ...emptyCard, remark: refusal }
  }

  function remarks({ remark, proposal, words }: CardEntry): string[] {
    if (remark === undefined) return howTo.map((line) => noteStyle.dim(line))
    const again = '7 WORD puts word 7 right, clear starts again.'
    const isBegun = words.some((word) => word !== undefined)
    const offer = proposal === undefined ? `Type it again: ${again}` : `Enter takes it so. Or: ${again}`
    return [noteStyle.red(printable(remark)), ...(isBegun || proposal !== undefined ? [offer] : [])]
  }
}

const howTo = [
  'One word or several, in full or four letters of each; then Enter.',
  '- takes the last one back, 7 WORD puts word 7 right, clear starts again.',
]

function promptOf(entry: CardEntry): string {
  const place = nextPlace(entry)
  return place === wordsOfCard ? '> ' : `word ${place + 1}> `
}

/** As on the card: the words in numbered boxes, row by row. */
function boxes({ words }: CardEntry): string[] {
  const cells = words.map((word, at) =>
    `${String(at + 1).padStart(2)} ${word ?? '········'}`.padEnd(columnWidth),
  )
  return Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    cells
      .slice(row * columns, (row + 1) * columns)
      .join('')
      .trimEnd(),
  )
}
