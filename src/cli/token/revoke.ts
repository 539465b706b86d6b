import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { userNamed } from './user-named.ts'

export function defineTokenRevoke(group: Command, context: Context): void {
  group
    .command('revoke')
    .description('take a token back')
    .argument('<name>')
    .requiredOption('--user <name>', 'whose it is')
    .addHelpText('after', example('redoma token revoke prometheus --user olga'))
    .action(async (name: string, options: { user: string }) => {
      const { terminal, services } = context
      await using instance = await services.openInstance()
      const user = await userNamed(instance.catalogue, options.user)
      await (await instance.tokens()).revoke(user, name)
      instance.log.warn('token revoked', { user: user.name, token: name })
      terminal.print(
        `${terminal.style.green('✓')} ${printable(name)} of ${user.name} is good for nothing any more`,
      )
    })
}
