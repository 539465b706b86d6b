import type { Command } from 'commander'
import type { DestinationReport, PlaceReport } from '../../app/test-destination.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { Style } from '../style.ts'

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

function reportLines({ repository, remarks, ...own }: DestinationReport, style: Style): string[] {
  const shared =
    repository === undefined
      ? []
      : ['', style.bold(`The repository in ${printable(repository.path)}`), ...placeLines(repository, style)]
  const notes = remarks.map((remark) => `${style.yellow('note:')} ${printable(remark)}`)
  return [...placeLines(own, style), ...shared, ...notes]
}

function placeLines({ checks, latencyMs, speed, space }: PlaceReport, style: Style): string[] {
  return [
    ...checks.map(({ title, outcome }) =>
      outcome.kind === 'kept'
        ? `${style.green('✓')} ${title}`
        : `${style.red('✗')} ${title}: ${printable(outcome.failure.message)}`,
    ),
    '',
    ...(latencyMs === undefined ? [] : [`One small object, put and synced: ${latencyMs.toFixed(1)} ms`]),
    ...(speed === undefined
      ? []
      : [`Writes ${formatBytes(speed.write)}/s, reads ${formatBytes(speed.read)}/s`]),
    ...(space === undefined
      ? []
      : [`${formatBytes(space.freeBytes)} free of ${formatBytes(space.totalBytes)}`]),
  ]
}
