import type { Command } from 'commander'
import { hostOf, sourceOf } from '../../app/choose-snapshot.ts'
import { leftOut } from '../../app/damaged-snapshot.ts'
import { messageOf } from '../../core/errors.ts'
import type { StoredSnapshot } from '../../repository/snapshots/snapshot.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { snapshotJson, timeOf } from '../restore/snapshot-json.ts'
import { warnOfExchanged } from '../restore/warn-of-exchanged.ts'
import { type PlaceOptions, placesOf, withPlaceOptions } from '../restore/where-to-look.ts'
import { table } from '../table.ts'
import { warn } from '../warn.ts'

interface SnapshotsOptions extends PlaceOptions {
  readonly source?: string
  readonly host?: string
  readonly json?: true
}

export function defineBackupSnapshots(group: Command, context: Context): void {
  withPlaceOptions(
    group
      .command('snapshots')
      .description('list the system backups at the destinations, newest first')
      .option('--source <name>', 'of this source only')
      .option('--host <name>', 'of this host only'),
  )
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      example(
        'redoma backup snapshots --source etc',
        'redoma backup snapshots --repository /media/nas/system --password-file F',
      ),
    )
    .action(async (options: SnapshotsOptions) => {
      const found = await list(context, options)
      const { terminal } = context
      if (options.json) {
        terminal.printJson(found.map(({ at, snapshot }) => ({ ...snapshotJson(snapshot), destination: at })))
        return
      }
      if (found.length === 0) {
        terminal.note('There is no snapshot yet. Try: redoma backup create')
        return
      }
      const hosts = new Set(found.map(({ snapshot }) => hostOf(snapshot)))
      const columns = [
        { title: 'SNAPSHOT', cut: 'nothing' },
        { title: 'TIME', cut: 'nothing' },
        ...(hosts.size > 1 ? [{ title: 'HOST' }] : []),
        { title: 'SOURCE' },
        { title: 'SIZE', align: 'right' },
        { title: 'AT' },
        { title: 'PATHS', cut: 'middle' },
      ] as const
      const rows = found.map(({ at, snapshot }) => row(at, snapshot, hosts.size > 1))
      terminal.print(...table(columns, rows, terminal.style))
    })
}

interface Found {
  readonly at: string
  readonly snapshot: StoredSnapshot
}

/** A destination that cannot be read is told of, and does not hide the others. */
async function list(context: Context, options: SnapshotsOptions): Promise<Found[]> {
  const { services, terminal, signal } = context
  const found: Found[] = []
  await using places = await placesOf(context, options)
  for (const place of places) {
    const { name = 'repository' } = place
    try {
      const { snapshots, damaged, repositoryId } = await services.listSnapshots(place, signal)
      warnOfExchanged(context, place, repositoryId)
      for (const snapshot of snapshots) found.push({ at: name, snapshot })
      for (const one of damaged) {
        const { path, message } = leftOut(one)
        warn(context, { path: `${name}: ${path}`, message })
      }
    } catch (error) {
      signal.throwIfAborted()
      terminal.note(`${terminal.noteStyle.yellow('warning:')} ${name}: ${printable(messageOf(error))}`)
      context.finish(exitCodes.warnings)
    }
  }
  return found
    .filter(({ snapshot }) => options.source === undefined || sourceOf(snapshot) === options.source)
    .filter(({ snapshot }) => options.host === undefined || hostOf(snapshot) === options.host)
    .toSorted((a, b) => (a.snapshot.timeNs < b.snapshot.timeNs ? 1 : -1))
}

function row(at: string, snapshot: StoredSnapshot, saysHost: boolean): string[] {
  const bytes = snapshot.summary?.totalBytesProcessed
  return [
    snapshot.id.slice(0, 8),
    formatTime(timeOf(snapshot)),
    ...(saysHost ? [printable(hostOf(snapshot))] : []),
    printable(sourceOf(snapshot)),
    bytes === undefined ? '' : formatBytes(bytes),
    printable(at),
    printable(snapshot.paths.join(' ')),
  ]
}
