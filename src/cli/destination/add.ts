import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { AddedDestination } from '../../app/add-destination.ts'
import { RedomaError } from '../../core/errors.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { destinationJson } from './json.ts'
import { repositoryWords } from './where.ts'

interface AddOptions {
  readonly local: string
  readonly repository?: string
  readonly passwordFile?: string
  readonly json?: true
}

export function defineDestinationAdd(group: Command, context: Context): void {
  group
    .command('add')
    .description('register a place that copies go to')
    .argument('<name>', 'what to call it')
    .requiredOption('--local <path>', 'a folder: on a disk of this machine, or on a share that is mounted')
    .option('--repository <path>', 'system backups go into this repository, which is there already: share it')
    .option('--password-file <file>', 'the file that holds a password of it; - is standard input')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma destination add nas --local /mnt/nas/redoma',
        'redoma destination add nas --local /mnt/nas/pam-2 --repository /mnt/nas/pam-1/system',
        'redoma destination test nas',
      ),
    )
    .action(async (name: string, options: AddOptions) => {
      await using instance = await context.services.openInstance()
      const { terminal } = context
      const { record, warnings } = await add()
      instance.log.info('destination added', { destination: name, path: record.spec.path })
      if (options.json) terminal.printJson({ ...destinationJson(record), warnings })
      else {
        terminal.print(`${terminal.style.green('✓')} ${name}: copies go to ${printable(record.spec.path)}`)
        if (record.spec.repository !== undefined)
          terminal.print(`  system backups to ${repositoryWords(record)}`)
      }
      for (const warning of warnings)
        terminal.note(`${terminal.noteStyle.yellow('note:')} ${printable(warning)}`)

      async function add(): Promise<AddedDestination> {
        const path = resolve(options.local)
        if (options.repository === undefined) {
          if (options.passwordFile !== undefined)
            throw new RedomaError('USAGE', '--password-file is for a repository: --repository PATH')
          return instance.addDestination(name, { kind: 'local', path })
        }
        const repository = resolve(options.repository)
        const prompt = `Password of the repository ${printable(repository)}`
        const password = await askSecret(terminal, { prompt, file: options.passwordFile })
        const joining = { password, signal: context.signal }
        return instance.addDestination(name, { kind: 'local', path, repository }, joining)
      }
    })
}
