import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { destinationJson } from './json.ts'

interface AddOptions {
  readonly local: string
  readonly json?: true
}

export function defineDestinationAdd(group: Command, context: Context): void {
  group
    .command('add')
    .description('register a place that copies go to')
    .argument('<name>', 'what to call it')
    .requiredOption('--local <path>', 'a folder: on a disk of this machine, or on a share that is mounted')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('redoma destination add nas --local /mnt/nas/redoma', 'redoma destination test nas'),
    )
    .action(async (name: string, options: AddOptions) => {
      await using instance = await context.services.openInstance()
      const { record, warnings } = await instance.addDestination(name, {
        kind: 'local',
        path: resolve(options.local),
      })
      instance.log.info('destination added', { destination: name, path: record.spec.path })
      const { terminal } = context
      if (options.json) terminal.printJson({ ...destinationJson(record), warnings })
      else terminal.print(`${terminal.style.green('✓')} ${name}: copies go to ${printable(record.spec.path)}`)
      for (const warning of warnings)
        terminal.note(`${terminal.noteStyle.yellow('note:')} ${printable(warning)}`)
    })
}
