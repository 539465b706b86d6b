import type { Command } from 'commander'
import { whereTo } from '../../ports/channel.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'
import { channelJson, rulesWords } from './words.ts'

export function defineAlertShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show one of them, and what waits for it')
    .argument('<name>')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma alert show soc'))
    .action(async (name: string, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { catalogue } = instance
      const record = await named('channel', name, catalogue.channels)
      const waiting = await catalogue.notices.waiting(record.id)
      const { terminal } = context
      if (options.json) {
        const since = waiting.since?.toISOString()
        terminal.printJson({ ...channelJson(record), waiting: { count: waiting.count, since } })
        return
      }
      const { spec, quietHours, credential } = record
      const since = waiting.since === undefined ? '' : ` since ${formatTime(waiting.since)}`
      const pairs = [
        ['name', record.name],
        ['where', `${spec.kind} ${printable(whereTo(spec))}`],
        ...(spec.kind === 'syslog' ? ([['format', `${spec.format}, ${spec.facility}`]] as const) : []),
        ...(spec.kind === 'webhook' ? ([['preset', spec.preset]] as const) : []),
        ...(credential === undefined ? [] : ([['credential', credential]] as const)),
        ['told', rulesWords(record)],
        ...(quietHours === undefined ? [] : ([['time zone', quietHours.zone]] as const)),
        ['waiting', waiting.count === 0 ? 'nothing' : `${waiting.count}${since}`],
        ['since', formatTime(record.createdAt)],
      ] as const
      terminal.print(...facts(pairs, terminal.style))
    })
}
