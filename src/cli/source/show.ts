import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { facts } from '../table.ts'
import { describeSource } from './describe.ts'

export function defineSourceShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show one source')
    .argument('<name>')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma source show system'))
    .action(async (name: string, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const source = await named('source', name, instance.catalogue.sources)
      const { terminal } = context
      if (options.json) terminal.printJson(source)
      else {
        const pairs = [
          ['name', source.name],
          ['what', describeSource(source.spec)],
          ['since', formatTime(source.createdAt)],
        ] as const
        terminal.print(...facts(pairs, terminal.style))
      }
    })
}
