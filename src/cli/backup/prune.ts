import type { Command } from 'commander'
import type { Target } from '../../app/target.ts'
import type { PruneFigures } from '../../repository/pruning/plan-prune.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseSpan } from '../parse.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { OpenInstance } from '../services.ts'
import { atEach, failedJson, finishFailed } from './at-each.ts'
import { pruneLines } from './prune-lines.ts'
import { type PruneWords, parsePruneOptions } from './prune-options.ts'

interface PruneCommandOptions extends PruneWords {
  readonly dryRun?: true
  readonly at?: readonly string[]
  readonly retryLock: string
  readonly json?: true
}

export function defineBackupPrune(group: Command, context: Context): void {
  group
    .command('prune')
    .description('free the space at the destinations that no snapshot needs any more')
    .option('--max-unused <limit>', 'leave so much unused, as 5%, 2G or unlimited (default: 5%)')
    .option('--max-repack-size <size>', 'write no more than this anew; the next prune goes on')
    .option('-n, --dry-run', 'only show what would be freed')
    .option('--at <destination...>', 'at these destinations only')
    .option('--retry-lock <span>', 'how long to wait for others who work on a repository', '1m')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      example('redoma backup prune --dry-run', 'redoma backup prune --at nas --max-unused 10%'),
    )
    .action(async (options: PruneCommandOptions) => {
      const { terminal } = context
      const dryRun = options.dryRun === true
      const prune = parsePruneOptions(options)
      const patienceMs = parseSpan(options.retryLock)
      await using instance = await context.services.openInstance()
      const targets = await instance.repositoryTargets(options.at ?? [])
      const { done, failed } = await atEach(context, targets, async (target) => {
        const figures = await pruneAt(instance, target)
        const destination = target.record.name
        if (!dryRun) instance.log.info('repository pruned', { destination, ...figures })
        if (!options.json && figures !== undefined) {
          terminal.print(
            terminal.style.bold(printable(destination)),
            ...pruneLines(figures, dryRun, terminal.style),
          )
        }
        return { destination, dryRun, ...figures }
      })
      if (options.json) terminal.printJson([...done.values(), ...failed.map(failedJson)])
      finishFailed(context, failed)

      async function pruneAt(opened: OpenInstance, target: Target): Promise<PruneFigures | undefined> {
        using bar = startProgressBar(terminal, context.clock)
        const request = { snapshots: [], prune, dryRun, patienceMs }
        return (await opened.forgetSnapshots(target, request, bar.progress, context.signal)).pruned
      }
    })
}
