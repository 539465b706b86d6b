import type { Command } from 'commander'
import { sharesRepository } from '../../app/system-repository.ts'
import { locationOf } from '../../ports/destination-spec.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { destinationJson } from './json.ts'

export function defineDestinationList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the destinations')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma destination list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const destinations = await instance.catalogue.destinations.list()
      const { terminal } = context
      if (options.json) {
        terminal.printJson(destinations.map(destinationJson))
        return
      }
      if (destinations.length === 0) {
        terminal.note('There is no destination yet. Try: redoma destination add NAME --local PATH')
        return
      }
      const anyShared = destinations.some(({ spec }) => sharesRepository(spec))
      const rows = destinations.map(({ name, spec }) => [
        name,
        spec.kind,
        printable(locationOf(spec)),
        ...(anyShared ? [sharesRepository(spec) ? printable(spec.repository) : ''] : []),
      ])
      const shared = anyShared ? [{ title: 'SYSTEM BACKUPS IN' }] : []
      const columns = [{ title: 'NAME' }, { title: 'KIND' }, { title: 'WHERE' }, ...shared]
      terminal.print(...table(columns, rows, terminal.style))
    })
}
