import type { Command } from 'commander'
import { sharesRepository } from '../../app/system-repository.ts'
import { locationOf } from '../../ports/destination-spec.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { type Column, table } from '../table.ts'
import { destinationJson } from './json.ts'
import { stateWords } from './state-words.ts'

export function defineDestinationList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the destinations')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma destination list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const destinations = await instance.catalogue.destinations.list()
      const watched = await instance.catalogue.watch.list()
      const { terminal, clock } = context
      if (options.json) {
        terminal.printJson(destinations.map((record) => destinationJson(record, watched.get(record.id))))
        return
      }
      if (destinations.length === 0) {
        terminal.note('There is no destination yet. Try: redoma destination add NAME --local PATH')
        return
      }
      const anyShared = destinations.some(({ spec }) => sharesRepository(spec))
      const states = new Map(
        destinations.map(({ id }) => [id, stateWords(watched.get(id), clock.now(), terminal.style)]),
      )
      const anyKnown = [...states.values()].some((words) => words !== undefined)
      const rows = destinations.map(({ id, name, spec }) => [
        name,
        spec.kind,
        printable(locationOf(spec)),
        ...(anyShared ? [sharesRepository(spec) ? printable(spec.repository) : ''] : []),
        ...(anyKnown ? [states.get(id) ?? ''] : []),
      ])
      const shared = anyShared ? [{ title: 'SYSTEM BACKUPS IN' }] : []
      const state = anyKnown ? [{ title: 'STATE' }] : []
      const columns: Column[] = [
        { title: 'NAME' },
        { title: 'KIND' },
        { title: 'WHERE', cut: 'middle' },
        ...shared,
        ...state,
      ]
      terminal.print(...table(columns, rows, terminal.style))
    })
}
