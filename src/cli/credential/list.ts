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

export function defineCredentialList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the credentials, without their secrets')
    .option('--search <text>', 'only those with the text in title, user, host, folder or tags')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma credential list --search router'))
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
      const columns = ['FOLDER', 'TITLE', 'KIND', 'USER', 'HOST', 'CHANGED', 'ID'].map((title) => ({ title }))
      terminal.print(...table(columns, found.map(row), terminal.style))
      terminal.note(terminal.noteStyle.dim(count(found.length, 'credential')))
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
