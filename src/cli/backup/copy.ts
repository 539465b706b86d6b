import type { Command } from 'commander'
import { sourceOf } from '../../app/choose-snapshot.ts'
import { RedomaError } from '../../core/errors.ts'
import type { CopiedSnapshot, CopyResult } from '../../repository/copying/copy-snapshots.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { count, formatBytes, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseSpan } from '../parse.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import { timeOf } from '../restore/snapshot-json.ts'
import { warnOfDamaged } from '../restore/warn-of-damaged.ts'
import type { Style } from '../style.ts'
import { table } from '../table.ts'

interface CopyOptions {
  readonly from: string
  readonly to: string
  readonly source?: string
  readonly host?: string
  readonly retryLock: string
  readonly dryRun?: true
  readonly json?: true
}

export function defineBackupCopy(group: Command, context: Context): void {
  group
    .command('copy')
    .description('copy system backups from one destination to another, sending only what is not there')
    .argument('[snapshot...]', 'latest, or beginnings of ids; all when there are none')
    .requiredOption('--from <destination>', 'where they are')
    .requiredOption('--to <destination>', 'where they go')
    .option('--source <name>', 'of this source only')
    .option('--host <name>', 'of this host only (default: of all, and latest of this one)')
    .option('--retry-lock <span>', 'how long to wait for others who work on a repository', '1m')
    .option('--dry-run', 'only tell what would be copied')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma backup copy --from nas --to vault',
        'redoma backup copy --from nas --to vault latest --source etc',
      ),
    )
    .action(async (snapshots: string[], options: CopyOptions) => {
      await using instance = await context.services.openInstance()
      const [from, to] = await instance.targets([options.from, options.to])
      if (from === undefined || to === undefined) throw new RedomaError('INTERNAL', 'two destinations')
      const dryRun = options.dryRun === true
      const { source, host } = options
      const thisHost = context.services.hostName
      const request = { from, to, snapshots, source, host, thisHost, dryRun }
      const result = await copy()
      const { terminal } = context
      if (options.json) terminal.printJson(resultJson(result))
      else terminal.print(...lines(result, terminal.style))
      const consequence =
        snapshots.length === 0 ? 'it is not copied' : 'it may be one of those that are asked for'
      warnOfDamaged(context, options.from, result.damaged, consequence)
      context.finish(exitCodeOf(result))

      async function copy(): Promise<CopyResult> {
        using bar = startProgressBar(context.terminal, context.clock)
        const patienceMs = parseSpan(options.retryLock)
        return await instance.copySystem({ ...request, patienceMs }, bar.progress, context.signal)
      }
    })
}

function exitCodeOf({ snapshots, damaged, lost }: CopyResult): ExitCode {
  if (damaged.length > 0 || snapshots.some(({ kind }) => kind === 'failed')) return exitCodes.damaged
  return lost === undefined ? exitCodes.done : exitCodes.warnings
}

function resultJson({ snapshots, damaged, ...figures }: CopyResult): object {
  return {
    ...figures,
    damaged: damaged.map(({ id }) => id),
    snapshots: snapshots.map((one) => ({
      snapshot: one.snapshot.id,
      source: sourceOf(one.snapshot),
      outcome: one.kind,
      as: 'as' in one ? one.as : undefined,
      error: one.kind === 'failed' ? one.error.message : undefined,
    })),
  }
}

function lines({ snapshots, blobs, bytes, bytesStored }: CopyResult, style: Style): string[] {
  if (snapshots.length === 0) return ['There is no snapshot to copy.']
  const columns = [
    { title: 'SNAPSHOT', cut: 'nothing' },
    { title: 'TIME', cut: 'nothing' },
    { title: 'SOURCE' },
    { title: 'RESULT' },
  ] as const
  const rows = snapshots.map((one) => [
    one.snapshot.id.slice(0, 8),
    formatTime(timeOf(one.snapshot)),
    printable(sourceOf(one.snapshot)),
    outcome(one, style),
  ])
  const sent = blobs === 0 ? 'nothing to send' : `${count(blobs, 'blob')}, ${formatBytes(bytes)}`
  const stored = bytesStored === 0 ? '' : ` sent, ${formatBytes(bytesStored)} stored`
  return [...table(columns, rows, style), '', `${sent}${stored}`]
}

function outcome(one: CopiedSnapshot, style: Style): string {
  switch (one.kind) {
    case 'copied':
      return `${style.green('✓')} copied as ${one.as.slice(0, 8)}`
    case 'to-be-copied':
      return 'would be copied'
    case 'there-already':
      return style.dim(`there already as ${one.as.slice(0, 8)}`)
    case 'failed':
      return `${style.red('✗')} ${printable(one.error.message)}`
  }
}
