import type { Command } from 'commander'
import { whereTo } from '../../ports/channel.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { channelJson, rulesWords } from './words.ts'

export function defineAlertList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the ways by which people and SIEMs are told')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma alert list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { channels, notices } = instance.catalogue
      const all = await channels.list()
      const { terminal } = context
      if (options.json) {
        terminal.printJson(all.map(channelJson))
        return
      }
      if (all.length === 0) {
        terminal.note('Nobody is told of anything yet. Try: redoma alert add NAME --smtp SERVER')
        return
      }
      const waiting = await Promise.all(all.map(async ({ id }) => (await notices.waiting(id)).count))
      const refused = await Promise.all(
        all.map(async ({ id }) => (await notices.refused(id, mostSeen)).length),
      )
      const anyRefused = refused.some((count) => count > 0)
      const anyWaits = waiting.some((count) => count > 0)
      const rows = all.map((record, index) => [
        record.name,
        record.spec.kind,
        printable(whereTo(record.spec)),
        rulesWords(record),
        ...(anyWaits ? [String(waiting[index] ?? 0)] : []),
        ...(anyRefused ? [countWords(refused[index] ?? 0)] : []),
      ])
      const columns = [
        { title: 'NAME' },
        { title: 'KIND' },
        { title: 'WHERE', cut: 'middle' as const },
        { title: 'WHAT' },
        ...(anyWaits ? [{ title: 'WAITING' }] : []),
        ...(anyRefused ? [{ title: 'REFUSED' }] : []),
      ]
      terminal.print(...table(columns, rows, terminal.style))
      if (anyRefused) terminal.note('What was refused, and why: redoma alert show NAME')
    })
}

/** More tell nobody anything new. */
const mostSeen = 100

function countWords(count: number): string {
  return count < mostSeen ? String(count) : `${mostSeen} or more`
}
