import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { CeremonyResult, MasterPassword } from '../../app/hold-ceremony.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { GlassProfile } from '../../ports/catalogue.ts'
import { askSecret, confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { readLine } from '../read-line.ts'
import { generationJson } from './json.ts'

interface CeremonyOptions {
  readonly profile: GlassProfile
  readonly passwordFile?: string
  readonly ownPassword?: true
  readonly out: string
  readonly yes?: true
  readonly json?: true
}

export function defineCeremony(group: Command, context: Context): void {
  group
    .command('ceremony')
    .description(
      'make a recovery key, protected by a master password; the instance keeps its public side only',
    )
    .addOption(
      new Option('--profile <profile>', 'pq resists quantum computers, and needs age 1.3 to open')
        .choices(['classic', 'pq'])
        .default('classic'),
    )
    .option('--password-file <file>', 'take the master password from a file; - is standard input')
    .option('--own-password', 'type a master password of your own (default: one of seven words is made)')
    .requiredOption('--out <folder>', 'where the identity file and the recovery card go')
    .option('-y, --yes', 'do not ask before a new generation begins')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('redoma glass ceremony --out /media/usb', 'redoma glass ceremony --password-file F --out DIR'),
    )
    .action(async (options: CeremonyOptions) => {
      await using instance = await context.services.openInstance()
      const before = await instance.catalogue.generations.current()
      const question = `Generation ${before?.number ?? 0} has a recovery key already. Begin a new generation?`
      if (before !== undefined && !(await confirm(context.terminal, question, options.yes === true))) {
        throw new RedomaError('CANCELLED', 'nothing was changed')
      }
      const { profile, out } = options
      const masterPassword = await masterPasswordOf(context, options)
      const request = { profile, masterPassword, outFolder: resolve(out) }
      const result = await instance.holdCeremony(request, context.signal)
      const { number, fingerprint } = result.generation
      instance.log.warn('ceremony held', { generation: number, profile, fingerprint })
      show(context, result, options.json === true)
    })
}

async function masterPasswordOf({ terminal }: Context, options: CeremonyOptions): Promise<MasterPassword> {
  const { passwordFile: file, ownPassword } = options
  if (file !== undefined || ownPassword || !terminal.interactive) {
    return {
      kind: 'given',
      password: await askSecret(terminal, { prompt: 'Master password', file, twice: true }),
    }
  }
  return { kind: 'generated', show: (password) => showOnce(password) }

  /** On the terminal itself, so that a redirected output never holds it; gone from the screen when it was written down. */
  async function showOnce(password: Secret): Promise<void> {
    const { bold, dim } = terminal.noteStyle
    terminal.note('', 'The master password. Write it down now; it is shown this once:', '')
    terminal.note(`    ${bold(password.reveal())}`, '')
    terminal.stderr.write(dim('Press Enter when it is on paper. '))
    await readLine(terminal.stdin)
    terminal.stderr.write('\u001b[5A\u001b[J')
    const again = await askSecret(terminal, { prompt: 'Type it, to be sure' })
    if (again.equals(password)) return
    throw new RedomaError('CANCELLED', 'that was not the password, so nothing was kept', {
      hint: 'Hold the ceremony again.',
    })
  }
}

function show({ terminal }: Context, { generation, files }: CeremonyResult, json: boolean): void {
  if (json) {
    terminal.printJson({ ...generationJson(generation), files })
    return
  }
  const { bold, dim, green } = terminal.style
  terminal.print(
    `${green('✓')} Generation ${generation.number} has a recovery key (${generation.profile}).`,
    `  ${dim('recipient  ')} ${shortened(generation.recipient)}`,
    `  ${dim('fingerprint')} ${generation.fingerprint}`,
    ...files.map((file) => `  ${dim('written    ')} ${bold(printable(file))}`),
    '',
    'The identity file goes beside the copies at every destination, and is useless without the master password.',
    'Keep the card and the password off this machine, in two places.',
  )
}

function shortened(recipient: string): string {
  return recipient.length <= 80 ? recipient : `${recipient.slice(0, 40)}…${recipient.slice(-12)}`
}
