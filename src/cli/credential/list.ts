import type { Command } from 'commander'
import type { CredentialSummary } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { count, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'

interface ListOptions {
  readonly search?: string
  readonly json?: true
}

const columnsWithIds = 140

export function defineCredentialList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the credentials, without their secrets')
    .option('--search <text>', 'only those with the text in title, user, host, folder or tags')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma credential list --search vcenter'))
    .action(async (options: ListOptions) => {
      await using instance = await context.services.openInstance()
      const all = await instance.catalogue.credentials.list()
      const found = all.filter((credential) => matches(credential, options.search ?? ''))
      const { terminal } = context
      if (options.json) {
        terminal.printJson(found)
        return
      }
      if (all.length === 0) {
        terminal.note('There is no credential yet. Try: redoma credential import FILE')
        return
      }
      const titles = ['FOLDER', 'TITLE', 'KIND', 'USER', 'HOST', 'CHANGED', 'ID']
      // Half an id is of no use, and what is left of the line is for the names.
      const { columns = columnsWithIds } = terminal.style
      const shown = columns < columnsWithIds ? titles.slice(0, -2) : titles
      terminal.print(
        ...table(
          shown.map((title) => ({ title })),
          found.map(row),
          terminal.style,
        ),
      )
      const more = shown === titles ? '' : '. --json, or a wider terminal, shows ids and times, too'
      terminal.note(terminal.noteStyle.dim(`${count(found.length, 'credential')}${more}`))
    })
}

function matches({ title, user, host, folder, tags }: CredentialSummary, text: string): boolean {
  const words = [title, user, host, folder, ...tags]
  return words.some((word) => word?.toLowerCase().includes(text.toLowerCase()) === true)
}

function row(credential: CredentialSummary): string[] {
  const { folder, title, kind, user, host, changedAt, id } = credential
  return [folder ?? '', title, kind, user ?? '', host ?? '', formatTime(changedAt), id].map(printable)
}
