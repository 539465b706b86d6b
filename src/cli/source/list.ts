import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { table } from '../table.ts'
import { describeSource } from './describe.ts'

export function defineSourceList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the sources')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma source list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const sources = await instance.catalogue.sources.list()
      const { terminal } = context
      if (options.json) {
        terminal.printJson(sources)
        return
      }
      if (sources.length === 0) {
        terminal.note('There is no source yet. Try: redoma source add NAME --files PATH…')
        return
      }
      const rows = sources.map(({ name, spec }) => [name, describeSource(spec)])
      terminal.print(...table([{ title: 'NAME' }, { title: 'WHAT' }], rows, terminal.style))
    })
}
