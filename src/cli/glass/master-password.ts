import type { MasterPassword } from '../../app/hold-ceremony.ts'
import { requireStrongPassword } from '../../bundle/ceremony/judge-password.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { askSecret } from '../ask.ts'
import { askLine } from '../ask-line.ts'
import type { Context } from '../context.ts'
import { onPrivateScreen } from '../private-screen.ts'
import { readHidden } from '../read-hidden.ts'
import type { Terminal } from '../terminal.ts'
import { slipsIn } from './slips-in-password.ts'

export interface PasswordOptions {
  readonly passwordFile?: string
  readonly ownPassword?: true
}

/** From a file or typed where the options say so, or nobody is there to read one; else made, shown once and typed back. */
export async function masterPasswordOf(context: Context, options: PasswordOptions): Promise<MasterPassword> {
  const { terminal } = context
  const { passwordFile: file, ownPassword } = options
  if (file === undefined && !ownPassword && terminal.interactive) {
    return { kind: 'generated', show: (password) => showOnce(context, password) }
  }
  const password = await askSecret(terminal, { prompt: 'Master password', file, twice: true })
  const guessesLog10 = await requireStrongPassword(password)
  terminal.note(`Strength: about 10^${Math.floor(guessesLog10)} guesses.`)
  return { kind: 'given', password }
}

/** Of seven words out of 7,772. */
const strength = 'Seven random words: 90 bits, out of reach of guessing. Small letters, hyphens between them.'

/** @throws RedomaError `CANCELLED` */
async function showOnce(context: Context, password: Secret): Promise<void> {
  const { terminal } = context
  await onPrivateScreen(terminal, async () => {
    do await show(context, password)
    while (!(await isTypedBack(terminal, password)))
  })
  terminal.note(`${terminal.noteStyle.green('✓')} The master password is on paper.`, '')
}

async function show({ terminal, signal }: Context, password: Secret): Promise<void> {
  const { bold, dim } = terminal.noteStyle
  terminal.stderr.write(cleared)
  terminal.note(bold('The master password'), '', `    ${bold(password.reveal())}`, '')
  terminal.note(strength, '')
  if ((await askLine(terminal, dim(`${writeItDown} `), signal)) === undefined)
    throw new RedomaError('CANCELLED', 'nobody is there')
  terminal.stderr.write(cleared)
  terminal.note(bold('The master password'), '')
}

/** Asks until it is right; `false` when it is to be shown once more. */
async function isTypedBack(terminal: Terminal, password: Secret): Promise<boolean> {
  for (
    let question = 'Type it from the paper: ';
    ;
    question = 'Type it again, or Enter to see it once more: '
  ) {
    const typed = await readHidden(terminal, question)
    if (typed === '') return false
    const slips = slipsIn(typed, password.reveal())
    if (slips === undefined) return true
    terminal.note(terminal.noteStyle.yellow(slips))
  }
}

const writeItDown = 'Write it down now. Press Enter when it is on paper; then the screen is cleared.'
const cleared = '\u001b[H\u001b[2J'
