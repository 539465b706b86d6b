import type { Command } from 'commander'
import { incidentJson } from '../../ports/incident-json.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'
import { bringIncidentsUpToDate } from './brought-up-to-date.ts'
import { acknowledgedWords, severityWord } from './words.ts'

export function defineIncidentShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show what is wrong, since when, and what to do')
    .argument('<number>', 'of the incident')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma incident show 12'))
    .action(async (text: string, options: { json?: true }) => {
      const id = parseCount(text, 1)
      await using instance = await context.services.openInstance()
      await bringIncidentsUpToDate(instance, context)
      const incident = await instance.catalogue.incidents.get(id)
      const { terminal } = context
      if (options.json) {
        terminal.printJson(incidentJson(incident))
        return
      }
      const { style } = terminal
      const { kind, subject, severity, openedAt, closedAt, hint, acknowledged } = incident
      const pairs: [string, string][] = [
        ['kind', kind],
        ['of', printable(subject)],
        ['severity', severityWord(severity, style)],
        ['since', formatTime(openedAt)],
        ['until', closedAt === undefined ? style.yellow('it lasts') : formatTime(closedAt)],
        ['what', printable(incident.text)],
        ...(acknowledged === undefined
          ? []
          : [['known', acknowledgedWords(acknowledged)] as [string, string]]),
        ...(hint === undefined ? [] : [['to do', printable(hint)] as [string, string]]),
      ]
      terminal.print(style.bold(printable(incident.title)), '', ...facts(pairs, style))
    })
}
