import type { Command } from 'commander'
import { whereTo } from '../../ports/channel.ts'
import type { RefusedNotice } from '../../ports/incident.ts'
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
    .description('show one of them, what waits for it, and what it refused and why')
    .argument('<name>')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma alert show soc'))
    .action(async (name: string, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { catalogue } = instance
      const record = await named('channel', name, catalogue.channels)
      const waiting = await catalogue.notices.waiting(record.id)
      const refused = await catalogue.notices.refused(record.id, mostShown)
      const { terminal } = context
      if (options.json) {
        const since = waiting.since?.toISOString()
        const told = { waiting: { count: waiting.count, since }, refused: refused.map(refusedJson) }
        terminal.printJson({ ...channelJson(record), ...told })
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
      if (refused.length > 0) {
        const rows = refused.map(
          ({ at, title, why }) => [formatTime(at), `${printable(title)}: ${printable(why)}`] as const,
        )
        terminal.print('', terminal.style.bold('refused'), ...facts(rows, terminal.style))
      }
    })
}

const mostShown = 20

function refusedJson({ at, ...rest }: RefusedNotice): object {
  return { ...rest, at: at.toISOString() }
}
