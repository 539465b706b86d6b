import type { Command } from 'commander'
import { dangerWords } from '../../app/approvals/danger-words.ts'
import type { Approval } from '../../ports/approval.ts'
import { approvalJson } from '../../ports/approval-json.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { facts } from '../table.ts'
import { stateWord } from './words.ts'

export function defineApprovalShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show what exactly a second person is asked')
    .argument('<number>', 'under which it was asked')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma approval show 7'))
    .action(async (text: string, options: { json?: true }) => {
      const id = parseCount(text, 1)
      await using instance = await context.services.openInstance()
      const approval = await instance.catalogue.approvals.get(id)
      const { terminal, clock } = context
      if (options.json) terminal.printJson(approvalJson(approval, clock.now()))
      else terminal.print(...approvalLines(approval, clock.now(), terminal.style))
    })
}

export function approvalLines(approval: Approval, now: Date, style: Style): string[] {
  const { id, danger, subject, lines, askedBy, askedAt, expiresAt } = approval
  const pairs: [string, string][] = [
    ['of', printable(subject)],
    ['asked by', `${printable(askedBy)}, ${formatTime(askedAt)}`],
    ['good until', formatTime(expiresAt)],
    ['state', stateWord(approval, now, style)],
    ['what', lines.map(printable).join('\n')],
  ]
  return [style.bold(`${id}: ${dangerWords[danger]}`), '', ...facts(pairs, style)]
}
