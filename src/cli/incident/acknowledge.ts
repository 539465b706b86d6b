import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Incident } from '../../ports/incident.ts'
import { incidentJson } from '../../ports/incident-json.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { printable } from '../printable.ts'
import { bringIncidentsUpToDate } from './brought-up-to-date.ts'

interface AcknowledgeOptions {
  readonly reason?: string
  readonly undo?: true
  readonly json?: true
}

export function defineIncidentAcknowledge(group: Command, context: Context): void {
  group
    .command('acknowledge')
    .description('say that an incident is known: nobody is reminded of it until it gets worse')
    .argument('<number>', 'of the incident')
    .option('--reason <text>', 'why it may last for now, and who sees to it')
    .option('--undo', 'it is to be told again while it lasts')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      example(
        'redoma incident acknowledge 12 --reason "the disk is ordered, comes on Friday: Ana"',
        'redoma incident acknowledge 12 --undo',
      ),
    )
    .action(async (text: string, options: AcknowledgeOptions) => {
      const id = parseCount(text, 1)
      const reason = reasonOf(options)
      await using instance = await context.services.openInstance()
      await bringIncidentsUpToDate(instance, context)
      const use = instance.acknowledgeIncident
      const incident = await (reason === undefined ? use.undo(id) : use.acknowledge(id, reason))
      const { terminal } = context
      if (options.json) terminal.printJson(incidentJson(incident))
      else terminal.print(`${terminal.style.green('✓')} ${doneWords(incident)}`)
    })
}

/** `undefined`: what was said is to be taken back. @throws RedomaError `USAGE` */
function reasonOf({ reason, undo }: AcknowledgeOptions): string | undefined {
  if ((reason === undefined) === (undo === true)) return reason
  throw new RedomaError('USAGE', 'say why with --reason, or take it back with --undo')
}

function doneWords({ id, title, acknowledged }: Incident): string {
  const what = `incident ${id} (${printable(title)})`
  return acknowledged === undefined
    ? `People are told again while ${what} lasts.`
    : `Nobody is reminded of ${what}; it is told when it gets worse, and when it is over.`
}
