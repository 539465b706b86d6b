import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { OpenGlass } from '../../app/open-glass.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { factsOfCredential, jsonOfCredential } from '../credential/facts.ts'
import { exitCodes } from '../exit-codes.ts'
import { count, formatSpan } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { facts, table } from '../table.ts'

interface OpenOptions {
  readonly identity: string
  readonly passwordFile?: string
  readonly search?: string
  readonly reveal?: true
  readonly to?: string
  readonly json?: true
}

export function defineGlassOpen(group: Command, context: Context): void {
  group
    .command('open')
    .description('open a bundle with the recovery key; needs neither the instance nor a network')
    .argument('<bundle>', 'the .age file, under secrets/ at a destination')
    .requiredOption('--identity <file>', 'identity.password.age')
    .option('--password-file <file>', 'take the master password from a file; - is standard input')
    .option('--search <text>', 'only credentials with the text in title, user, host, folder or tags')
    .option('--reveal', 'show the secrets of what is found')
    .option('--to <folder>', 'write everything into a new folder')
    .option('--json', 'print what is found as JSON')
    .addHelpText(
      'after',
      example(
        'redoma glass open secrets/NAME.age --identity secrets/identity.password.age --search router --reveal',
        'redoma glass open secrets/NAME.age --identity secrets/identity.password.age --to /dev/shm/bundle',
      ),
    )
    .action(async (bundlePath: string, options: OpenOptions) => {
      const { terminal, signal } = context
      const askPassword = () => askSecret(terminal, { prompt: 'Master password', file: options.passwordFile })
      const request = {
        bundlePath: resolve(bundlePath),
        identityPath: resolve(options.identity),
        askPassword,
      }
      await using glass = await context.services.openGlass(request, signal)
      if (glass.damaged.length > 0) context.finish(exitCodes.damaged)
      warnOfDamage(context, glass)
      if (options.to !== undefined) {
        const files = await glass.extractTo(resolve(options.to), signal)
        if (options.json) terminal.printJson({ manifest: glass.manifest, files })
        else
          terminal.print(
            `${terminal.style.green('✓')} ${count(files.length, 'file')} in ${printable(resolve(options.to))}: read README.txt there.`,
          )
        return
      }
      await show(context, glass, options)
    })
}

async function show({ terminal }: Context, glass: OpenGlass, options: OpenOptions): Promise<void> {
  const found = glass.search(options.search ?? '')
  const reveal = options.reveal === true
  if (options.json) {
    const credentials = await Promise.all(found.map((record) => jsonOfCredential(record, reveal)))
    terminal.printJson({ manifest: glass.manifest, credentials })
    return
  }
  const { style, noteStyle } = terminal
  const state =
    glass.damaged.length === 0 ? `${noteStyle.green('✓')} The bundle is whole` : 'The bundle is damaged'
  terminal.note(`${state}; it was made ${formatSpan(glass.ageMs)} ago.`)
  if (reveal) {
    for (const record of found) terminal.print('', ...facts(factsOfCredential(record, true), style))
    return
  }
  const columns = ['FOLDER', 'TITLE', 'KIND', 'USER', 'HOST'].map((title) => ({ title }))
  terminal.print(...table(columns, found.map(row), style))
  terminal.note(
    `${count(found.length, 'credential')}. ${noteStyle.dim('--search TEXT --reveal shows secrets, --to DIR writes everything.')}`,
  )
}

function row({ folder, title, kind, user, host, url }: CredentialRecord): string[] {
  return [folder ?? '', title, kind, user ?? '', host ?? url ?? ''].map(printable)
}

function warnOfDamage({ terminal }: Context, { damaged }: OpenGlass): void {
  for (const { path, message } of damaged) {
    terminal.note(`${terminal.noteStyle.red('damaged:')} ${printable(path)}: ${printable(message)}`)
  }
}
