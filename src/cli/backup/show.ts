import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { runJson } from './json.ts'
import { planNameOf } from './plan-names.ts'
import { runLines } from './run-lines.ts'

export function defineBackupShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show what one run did')
    .argument('[run]', 'its number (default: the newest)')
    .option('--json', 'print it as JSON, with every warning')
    .addHelpText('after', example('redoma backup show', 'redoma backup show 12 --json'))
    .action(async (text: string | undefined, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { runs } = instance.catalogue
      const run = text === undefined ? (await runs.list(1))[0] : await runs.get(parseCount(text, 1))
      if (run === undefined) {
        throw new RedomaError('NOT_FOUND', 'there was no run yet', { hint: 'redoma backup create' })
      }
      const { terminal } = context
      if (options.json) terminal.printJson(runJson(run))
      else terminal.say(...runLines(run, terminal.style, await planNameOf(instance.catalogue, run)))
    })
}
