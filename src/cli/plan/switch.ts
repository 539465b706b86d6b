import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'
import { nextWords } from './describe-plan.ts'

export function definePlanEnable(group: Command, context: Context): void {
  group
    .command('enable')
    .description('switch a plan on; what was due while it was off is not made up for')
    .argument('<name>')
    .addHelpText('after', example('redoma plan enable daily'))
    .action((name: string) => switchTo(context, name, true))
}

export function definePlanDisable(group: Command, context: Context): void {
  group
    .command('disable')
    .description('switch a plan off: no run of it begins of itself')
    .argument('<name>')
    .addHelpText('after', example('redoma plan disable daily'))
    .action((name: string) => switchTo(context, name, false))
}

async function switchTo(
  { services, terminal, clock }: Context,
  name: string,
  isEnabled: boolean,
): Promise<void> {
  await using instance = await services.openInstance()
  await named('plan', name, instance.catalogue.plans)
  const plan = await instance.editPlan(name, { isEnabled })
  instance.log.warn(isEnabled ? 'plan enabled' : 'plan disabled', { plan: name })
  const { green } = terminal.style
  const words = isEnabled ? `is on; next: ${nextWords(plan, clock.now(), terminal.style)}` : 'is off.'
  terminal.print(`${green('✓')} ${printable(name)} ${words}`)
}
