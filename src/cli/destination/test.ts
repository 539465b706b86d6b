import type { Command } from 'commander'
import type { DestinationReport } from '../../app/test-destination.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { startProgressBar } from '../progress-bar.ts'
import { reportLines } from './report-table.ts'

export function defineDestinationTest(group: Command, context: Context): void {
  group
    .command('test')
    .description(
      'hold a destination to everything that backups rely on: write, sync, read back, list, remove',
    )
    .argument('<name>')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', example('redoma destination test nas'))
    .action(async (name: string, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const record = await named('destination', name, instance.catalogue.destinations)
      const target = await instance.reach(record)
      const report = await test()
      const { terminal } = context
      if (options.json) terminal.printJson(report)
      else terminal.print(...reportLines(report, terminal.style))
      instance.log[report.kept ? 'info' : 'error']('destination tested', {
        destination: name,
        kept: report.kept,
      })
      if (!report.kept) context.finish(exitCodes.failed)

      async function test(): Promise<DestinationReport> {
        using bar = startProgressBar(context.terminal, context.clock)
        return await instance.testDestination(target, bar.progress, context.signal)
      }
    })
}
