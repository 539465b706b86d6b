import type { Command } from 'commander'
import { measuresSpace } from '../../ports/destination.ts'
import type { Context } from '../context.ts'
import { formatBytes, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'
import { destinationJson } from './json.ts'
import { repositoryWords } from './where.ts'

export function defineDestinationShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show one destination, and the room it has')
    .argument('<name>')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma destination show nas'))
    .action(async (name: string, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const record = await named('destination', name, instance.catalogue.destinations)
      const { destination } = await instance.reach(record)
      const space = measuresSpace(destination)
        ? await destination.space(context.signal).catch(() => undefined)
        : undefined
      const { terminal } = context
      if (options.json) {
        terminal.printJson({ ...destinationJson(record), space })
        return
      }
      const room =
        space === undefined
          ? 'unknown: the folder cannot be reached'
          : `${formatBytes(space.freeBytes)} free of ${formatBytes(space.totalBytes)}`
      const pairs = [
        ['name', record.name],
        ['where', `${record.spec.kind} ${printable(record.spec.path)}`],
        ['repository', repositoryWords(record)],
        ['room', room],
        ['since', formatTime(record.createdAt)],
      ] as const
      terminal.print(...facts(pairs, terminal.style))
    })
}
