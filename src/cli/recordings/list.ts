import type { Command } from 'commander'
import type { RecordingCopy } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { count, formatBytes, formatSpan, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'

export function defineRecordingsList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the sealed recordings')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma recordings list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const copies = await instance.catalogue.recordings.list()
      const destinations = await instance.catalogue.destinations.list()
      const nameOf = (id: string): string => destinations.find((one) => one.id === id)?.name ?? id
      const { terminal } = context
      if (options.json) {
        terminal.printJson(copies.map((copy) => ({ ...copy, destination: nameOf(copy.destinationId) })))
        return
      }
      if (copies.length === 0) {
        terminal.note('No recording was sealed yet. Try: redoma source add NAME --recordings PATH')
        return
      }
      const columns = [
        { title: 'ID', cut: 'nothing' },
        { title: 'FORMAT' },
        { title: 'STARTED' },
        { title: 'LENGTH', align: 'right' },
        { title: 'SIZE', align: 'right' },
        { title: 'SOURCE' },
        { title: 'AT' },
      ] as const
      const rows = copies.map((copy) => row(copy, nameOf(copy.destinationId)))
      terminal.print(...table(columns, rows, terminal.style))
      terminal.note(terminal.noteStyle.dim(count(copies.length, 'sealed copy', 'sealed copies')))
    })
}

function row({ recordingId, summary, bytes, source }: RecordingCopy, destination: string): string[] {
  const { startedAt, durationSeconds } = summary
  return [
    recordingId,
    String(summary['format'] ?? ''),
    typeof startedAt === 'string' ? formatTime(new Date(startedAt)) : '',
    typeof durationSeconds === 'number' ? formatSpan(durationSeconds * 1000) : '',
    formatBytes(bytes),
    source,
    destination,
  ].map(printable)
}
