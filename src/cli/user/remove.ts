import type { Command } from 'commander'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'

export function defineUserRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('remove a user, with all sessions and tokens; the audit trail keeps the name')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma user remove olga'))
    .action(async (name: string, options: { yes?: true }) => {
      const { terminal, services } = context
      if (!(await confirm(terminal, `Remove ${name}?`, options.yes === true))) {
        context.finish(exitCodes.failed)
        return
      }
      await using instance = await services.openInstance()
      await (await instance.users()).remove(name)
      instance.log.warn('user removed', { user: name })
      terminal.print(`${terminal.style.green('✓')} ${name} is removed.`)
    })
}
