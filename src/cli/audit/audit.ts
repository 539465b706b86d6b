import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { AuditEntry } from '../../ports/audit-entry.ts'
import type { Context } from '../context.ts'
import { count, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { parseAuditHead } from './head.ts'

export function defineAudit(group: Command, context: Context): void {
  defineList(group, context)
  defineVerify(group, context)
}

function defineList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list who did what, the newest first')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma audit list --limit 100'))
    .action(async (options: { limit: string; json?: true }) => {
      const limit = parseCount(options.limit, 1)
      await using instance = await context.services.openInstance()
      const entries = await instance.catalogue.audit.list(limit)
      const { terminal } = context
      if (options.json) terminal.printJson(entries.map((entry) => ({ ...entry, at: entry.at.toISOString() })))
      else if (entries.length === 0) terminal.note('Nobody has done anything yet.')
      else {
        const columns = [
          { title: 'AT', cut: 'nothing' },
          { title: 'WHO' },
          { title: 'DID', cut: 'nothing' },
          { title: 'WITH' },
          { title: '' },
        ] as const
        terminal.print(...table(columns, entries.map(row), terminal.style))
      }
    })
}

function row({ at, actor, action, subject, detail }: AuditEntry): string[] {
  return [formatTime(at), printable(actor), printable(action), printable(subject), printable(detail)]
}

function defineVerify(group: Command, context: Context): void {
  group
    .command('verify')
    .description('verify that no entry was altered, removed or put in between')
    .option('--head <head>', 'one that was printed before: whether the trail still holds it')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      `${example('redoma audit verify', 'redoma audit verify --head 812:5f0c…')}
The head stands for the whole trail. Keep it elsewhere: that the newest entries were cut off shows by it alone.`,
    )
    .action(async (options: { head?: string; json?: true }) => {
      const kept = options.head === undefined ? undefined : parseAuditHead(options.head)
      await using instance = await context.services.openInstance()
      const { entries, link, brokenAt } = await instance.catalogue.audit.verify(kept)
      const { terminal } = context
      const head = link === undefined ? undefined : `${entries}:${link}`
      if (options.json) terminal.printJson({ entries, head, brokenAt })
      if (brokenAt !== undefined) {
        throw new RedomaError(
          'VERIFICATION_FAILED',
          brokenAt === 'cut-off'
            ? 'the audit trail does not hold the entry that this head is of: its newest entries were removed, or it is another trail'
            : `entry ${brokenAt} of the audit trail is not as it was written, or entries before it are missing`,
          {
            hint: 'Somebody wrote into the catalogue past Redoma. Look who can, and compare with the log and with the copy in a system backup.',
          },
        )
      }
      if (options.json) return
      terminal.print(
        `${terminal.style.green('✓')} ${count(entries, 'entry', 'entries')}, all as they were written`,
      )
      if (head !== undefined) terminal.print(`head  ${head}`)
    })
}
