import type { IdentityFile } from '../../app/find-identity-files.ts'
import { RedomaError } from '../../core/errors.ts'
import { askLine } from '../ask-line.ts'
import { displayWidth, printable } from '../printable.ts'
import type { Asking } from './open-identity-files.ts'

const question = 'Open with the master password, or with the cards of guardians? [P/c] '

/**
 * What to open with, asked for until it is said. What else is typed here is often the password itself: it is wiped from the screen.
 *
 * @throws RedomaError `CANCELLED` at the end of the input
 */
export async function askWay({ terminal, signal }: Asking): Promise<IdentityFile['openedBy']> {
  for (;;) {
    const line = await askLine(terminal, question, signal)
    if (line === undefined) throw new RedomaError('CANCELLED', 'nobody is there')
    const way = wayOf(line.trim().toLowerCase())
    if (way !== undefined) return way
    terminal.stderr.write(wiped(rowsOf(question + printable(line), terminal.stderr.columns ?? 0)))
    terminal.note(
      'Type p for the master password (Enter alone does, too), or c for cards. It is asked for after that.',
    )
  }
}

function wayOf(answer: string): IdentityFile['openedBy'] | undefined {
  if (['', 'p', 'password'].includes(answer)) return 'password'
  return ['c', 'card', 'cards'].includes(answer) ? 'shares' : undefined
}

function rowsOf(text: string, columns: number): number {
  return columns === 0 ? 1 : Math.ceil(displayWidth(text) / columns)
}

/** So many rows up, and everything from there on gone. */
function wiped(rows: number): string {
  return `\r\u001b[${rows}A\u001b[J`
}
