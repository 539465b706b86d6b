import type { Command } from 'commander'
import type { Scope } from '../../../ports/scope.ts'
import type { Context } from '../../context.ts'
import { formatTime } from '../../figures.ts'
import { example } from '../../help.ts'
import type { OpenInstance } from '../../services.ts'
import { table } from '../../table.ts'
import { scopeJson, selectionWords } from './plan-lines.ts'

export function defineScopeList(group: Command, context: Context): void {
  group
    .command('list')
    .description('all scopes, what each takes in, and its newest bundle')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma glass scope list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const scopes = await instance.catalogue.scopes.list()
      const { terminal } = context
      if (options.json) {
        terminal.printJson(scopes.map(scopeJson))
        return
      }
      if (scopes.length === 0) {
        terminal.note('There is no scope yet: redoma glass scope add NAME --folder PATH')
        return
      }
      const columns = ['NAME', 'NEWEST BUNDLE', 'KEY', 'EXCLUSIVE', 'TAKES IN'].map((title) => ({ title }))
      const rows = await Promise.all(scopes.map((scope) => rowOf(instance, scope)))
      terminal.print(...table(columns, rows, terminal.style))
    })
}

async function rowOf({ catalogue }: OpenInstance, scope: Scope): Promise<string[]> {
  const newest = await catalogue.bundles.latest(scope.name)
  const bundle = newest === undefined ? 'none yet' : `${newest.sequence}, ${formatTime(newest.createdAt)}`
  const own = await catalogue.generations.current(scope.name)
  const key = !scope.hasOwnKey ? 'of all' : own === undefined ? 'none yet' : `own, generation ${own.number}`
  return [scope.name, bundle, key, scope.isExclusive ? 'yes' : 'no', selectionWords(scope)]
}
