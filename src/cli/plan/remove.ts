import type { Command } from 'commander'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'

export function definePlanRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('begin no run of a plan any more; copies stay')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma plan remove hourly'))
    .action(async (name: string, options: { yes?: true }) => {
      await using instance = await context.services.openInstance()
      await named('plan', name, instance.catalogue.plans)
      const { terminal } = context
      if (!(await confirm(terminal, `Remove the plan ${name}?`, options.yes === true))) {
        context.finish(exitCodes.failed)
        return
      }
      await instance.removePlan(name)
      instance.log.warn('plan removed', { plan: name })
      terminal.print(`${terminal.style.green('✓')} ${name} is removed; copies stay where they are.`)
    })
}
