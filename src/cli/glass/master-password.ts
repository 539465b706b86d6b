import type { MasterPassword } from '../../app/hold-ceremony.ts'
import { requireStrongPassword } from '../../bundle/ceremony/judge-password.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { onPrivateScreen } from '../private-screen.ts'
import { readHidden } from '../read-hidden.ts'
import { readLine } from '../read-line.ts'

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
const tries = 3

/** @throws RedomaError `CANCELLED` */
async function showOnce({ terminal, signal }: Context, password: Secret): Promise<void> {
  const { bold, dim, yellow, green } = terminal.noteStyle
  await onPrivateScreen(terminal, async () => {
    for (let left = tries; left > 0; left--) {
      terminal.note(bold('The master password'), '', `    ${bold(password.reveal())}`, '', strength, '')
      terminal.stderr.write(
        dim('Write it down now. Press Enter when it is on paper; then the screen is cleared. '),
      )
      if ((await readLine(terminal.stdin, signal)) === undefined)
        throw new RedomaError('CANCELLED', 'nobody is there')
      terminal.stderr.write('\u001b[H\u001b[2J')
      terminal.note(bold('The master password'), '')
      const typed = await readHidden(terminal, 'Type it from the paper: ')
      if (typed === password.reveal()) return
      terminal.stderr.write('\u001b[H\u001b[2J')
      terminal.note(yellow('That was not it. Here it is once more.'), '')
    }
    throw new RedomaError('CANCELLED', 'that was not the password, so nothing was kept', {
      hint: 'Hold the ceremony again.',
    })
  })
  terminal.note(`${green('✓')} The master password is on paper.`, '')
}
