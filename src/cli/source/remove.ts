import type { Command } from 'commander'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'

export function defineSourceRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('take a source out of all further runs; its copies stay')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma source remove system'))
    .action(async (name: string, options: { yes?: true }) => {
      await using instance = await context.services.openInstance()
      await named('source', name, instance.catalogue.sources)
      const { terminal } = context
      if (!(await confirm(terminal, `Remove the source ${name}?`, options.yes === true))) {
        context.finish(exitCodes.failed)
        return
      }
      await instance.removeSource(name)
      instance.log.warn('source removed', { source: name })
      terminal.print(`${terminal.style.green('✓')} ${name} is removed; its copies stay where they are.`)
    })
}
