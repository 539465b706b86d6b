import type { Command } from 'commander'
import { incidentJson } from '../../ports/incident-json.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { bringIncidentsUpToDate } from './brought-up-to-date.ts'
import { incidentTable } from './words.ts'

export function defineIncidentList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list what is wrong now, the worst first')
    .option('--all', 'what is over, too, the newest first')
    .option('--limit <number>', 'how many, with --all', '20')
    .option('--before <number>', 'with --all: those before this one')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma incident list', 'redoma incident list --all --limit 100'))
    .action(async (options: { all?: true; limit: string; before?: string; json?: true }) => {
      const limit = parseCount(options.limit, 1)
      const before = options.before === undefined ? undefined : parseCount(options.before, 1)
      await using instance = await context.services.openInstance()
      await bringIncidentsUpToDate(instance, context)
      const { incidents } = instance.catalogue
      const found = options.all ? await incidents.list(limit, before) : await incidents.open()
      const { terminal } = context
      if (options.json) terminal.printJson(found.map(incidentJson))
      else if (found.length === 0)
        terminal.note(options.all ? 'Nothing was ever wrong.' : 'Nothing is wrong, as far as is known.')
      else terminal.print(...incidentTable(found, terminal.style))
    })
}
