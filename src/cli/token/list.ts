import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'

export function defineTokenList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the tokens of all users')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma token list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { users, passes } = instance.catalogue
      const names = new Map((await users.list()).map(({ id, name }) => [id, name]))
      const tokens = (await passes.list('token')).map(({ userId = '', ...pass }) => ({
        ...pass,
        user: names.get(userId) ?? '',
      }))
      const { terminal } = context
      if (options.json) {
        terminal.printJson(
          tokens.map(({ user, name, permissions, createdAt, expiresAt }) => ({
            ...{ user, name, permissions },
            createdAt: createdAt.toISOString(),
            expiresAt: expiresAt.toISOString(),
          })),
        )
        return
      }
      if (tokens.length === 0) terminal.note('There is no token.')
      else {
        const columns = [{ title: 'USER' }, { title: 'NAME' }, { title: 'MAY' }, { title: 'UNTIL' }]
        const rows = tokens.map(({ user, name, permissions, expiresAt }) => [
          ...[user, printable(name), permissions.join(', '), formatTime(expiresAt)],
        ])
        terminal.print(...table(columns, rows, terminal.style))
      }
    })
}
