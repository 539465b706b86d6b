import type { Command } from 'commander'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'

export function defineAlertRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('tell nobody over it any more; what waits for it is dropped')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma alert remove chat'))
    .action(async (name: string, options: { yes?: true }) => {
      await using instance = await context.services.openInstance()
      await named('channel', name, instance.catalogue.channels)
      const { terminal } = context
      if (!(await confirm(terminal, `Tell nobody over ${name} any more?`, options.yes === true))) {
        context.finish(exitCodes.failed)
        return
      }
      await instance.removeChannel(name)
      instance.log.warn('channel removed', { channel: name })
      terminal.print(`${terminal.style.green('✓')} ${name} is removed.`)
    })
}
