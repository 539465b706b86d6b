import type { ShareList } from '../../bundle/shares/share-list.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { askLine } from '../ask-line.ts'
import { printable } from '../printable.ts'
import { type CardEntry, emptyCard, nextPlace, typeIntoCard, wordsOfCard } from './card-entry.ts'
import type { Asking } from './open-identity-files.ts'

const columns = 4
const columnWidth = 18

/**
 * One card, typed on the terminal's other screen: nothing of it stays when it was taken.
 *
 * @param lists what is known of cards
 * @param heading which card, and what was said of those before
 * @throws RedomaError `CANCELLED` at the end of the input
 */
export async function typeCard(
  { terminal, signal }: Asking,
  lists: readonly ShareList[],
  heading: readonly string[],
): Promise<Share> {
  const { stderr, noteStyle } = terminal
  stderr.write('\u001b[?1049h')
  try {
    for (let entry = emptyCard; ; ) {
      stderr.write('\u001b[H\u001b[2J')
      terminal.note(...heading, '', ...boxes(entry), '', ...remarks(entry))
      const line = await askLine(terminal, promptOf(entry), signal)
      if (line === undefined) throw new RedomaError('CANCELLED', 'the card was not typed to its end')
      const step = typeIntoCard(entry, line, lists)
      if (step.kind === 'done') return step.share
      entry = step.entry
    }
  } finally {
    stderr.write('\u001b[2J\u001b[?1049l')
  }

  function remarks({ remark, proposal }: CardEntry): string[] {
    if (remark === undefined)
      return [
        noteStyle.dim(
          'One word or several, in full or four letters of each; then Enter. - takes the last one back.',
        ),
      ]
    const offer =
      proposal === undefined
        ? 'Type it again: 7 WORD puts word 7 right.'
        : 'Enter takes it so; or type it again: 7 WORD puts word 7 right.'
    return [noteStyle.red(printable(remark)), offer]
  }
}

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
