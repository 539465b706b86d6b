import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'

const defaultFolder = '/srv/copies'

export function defineKeyShow(group: Command, context: Context): void {
  group
    .command('show')
    .description(
      'show the public key by which this instance logs in at servers; make the key when there is none',
    )
    .option('--folder <path>', 'the folder at the server that copies go to', defaultFolder)
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma key show', `redoma key show --folder /backup/pam-1`))
    .action(async (options: { folder: string; json?: true }) => {
      await using instance = await context.services.openInstance()
      const key = await instance.sshKey(options.folder)
      const { terminal } = context
      if (options.json) {
        terminal.printJson(key)
        return
      }
      const { style } = terminal
      terminal.print(
        ...facts(
          [['private key', printable(key.path)] as const, ['fingerprint', key.fingerprint] as const],
          style,
        ),
        '',
        style.bold('For the account at the server, one of these lines in ~/.ssh/authorized_keys:'),
        '',
        'reading and writing, in that folder, by rsync alone:',
        printable(key.authorizedKeys.full),
        '',
        'writing alone:',
        printable(key.authorizedKeys.writeOnly),
        '',
        ...writeOnlyCosts,
      )
    })
}

const writeOnlyCosts = [
  'Writing alone keeps an intruder on this machine from reading, listing and removing copies there. He can still write over',
  'them, so let the server keep versions of the folder. What it costs: nothing there is read back or verified from here, old',
  'copies are removed at the server, and system backups need an account that may read.',
] as const
