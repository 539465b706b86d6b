import type { Command } from 'commander'
import { approvalJson, stateOf } from '../../ports/approval-json.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { stateWord } from './words.ts'

export function defineApprovalList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list what waits for a second person')
    .option('--all', 'what was answered or has expired, too, the newest first')
    .option('--limit <number>', 'how many are looked through', '100')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma approval list'))
    .action(async (options: { all?: true; limit: string; json?: true }) => {
      const limit = parseCount(options.limit, 1)
      await using instance = await context.services.openInstance()
      const now = context.clock.now()
      const request = { sort: 'id', direction: 'desc', limit } as const
      const { items: newest } = await instance.catalogue.approvals.page(request)
      const found = options.all ? newest : newest.filter((one) => stateOf(one, now) === 'waiting')
      const { terminal } = context
      if (options.json) terminal.printJson(found.map((one) => approvalJson(one, now)))
      else if (found.length === 0)
        terminal.note(options.all ? 'Nobody was asked yet.' : 'Nothing waits for a second person.')
      else {
        const columns = ['NUMBER', 'WHAT', 'OF', 'ASKED BY', 'ASKED', 'STATE'].map((title) => ({ title }))
        const rows = found.map((one) => [
          String(one.id),
          one.danger,
          printable(one.subject),
          printable(one.askedBy),
          formatTime(one.askedAt),
          stateWord(one, now, terminal.style),
        ])
        terminal.print(...table(columns, rows, terminal.style))
      }
    })
}
