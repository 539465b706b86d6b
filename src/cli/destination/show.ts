import type { Command } from 'commander'
import { forecastFull } from '../../app/watch/forecast-full.ts'
import { type Destination, type DestinationSpace, measuresSpace } from '../../ports/destination.ts'
import { isWriteOnly, locationOf } from '../../ports/destination-spec.ts'
import type { DestinationWatch } from '../../ports/destination-state.ts'
import type { Context } from '../context.ts'
import { formatBytes, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { facts } from '../table.ts'
import { destinationJson } from './json.ts'
import { forecastWords, stateWords } from './state-words.ts'
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
      const { destination, repository } = await instance.reach(record)
      const space = await spaceOf(destination, context.signal)
      const isShared = repository.destination !== destination
      const there = isShared ? await spaceOf(repository.destination, context.signal) : undefined
      const watch = (await instance.catalogue.watch.list()).get(record.id)
      const { terminal, clock } = context
      if (options.json) {
        const repositorySpace = isShared ? { repositorySpace: there } : {}
        terminal.printJson({ ...destinationJson(record, watch), space, ...repositorySpace })
        return
      }
      const pairs = [
        ['name', record.name],
        ['where', `${record.spec.kind} ${printable(locationOf(record.spec))}`],
        ...(isWriteOnly(record.spec)
          ? ([['copies', 'sent, and never read back: it is only written to']] as const)
          : []),
        ...stateFacts(watch, clock.now(), terminal.style),
        ['room', roomWords(space)],
        [
          'repository',
          isWriteOnly(record.spec) ? 'none: system backups need to read' : repositoryWords(record),
        ],
        ...(isShared ? ([['its room', roomWords(there)]] as const) : []),
        ['since', formatTime(record.createdAt)],
      ] as const
      terminal.print(...facts(pairs, terminal.style))
    })
}

function stateFacts(watch: DestinationWatch | undefined, now: Date, style: Style): [string, string][] {
  const words = stateWords(watch, now, style)
  if (watch === undefined || words === undefined) return []
  const why = watch.findings?.failure?.message
  const forecast = forecastWords(forecastFull(watch.room))
  return [
    ['state', why === undefined ? words : `${words}: ${printable(why)}`],
    ...(forecast === undefined ? [] : ([['forecast', forecast]] satisfies [string, string][])),
  ]
}

async function spaceOf(destination: Destination, signal: AbortSignal): Promise<DestinationSpace | undefined> {
  return measuresSpace(destination) ? destination.space(signal).catch(() => undefined) : undefined
}

function roomWords(space: DestinationSpace | undefined): string {
  if (space === undefined) return 'unknown: it cannot be reached, or does not say'
  return `${formatBytes(space.freeBytes)} free of ${formatBytes(space.totalBytes)}`
}
