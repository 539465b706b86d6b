import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'
import { nextWords, scheduleWords } from './describe-plan.ts'
import { newestRunOf } from './newest-run.ts'
import { planJson } from './plan-json.ts'
import { type PlanOptions, withPlanOptions, wordsOf } from './plan-options.ts'

interface EditOptions extends PlanOptions {
  readonly json?: true
}

export function definePlanEdit(group: Command, context: Context): void {
  const command = group
    .command('edit')
    .description('change a plan; what is not said stays as it is')
    .argument('<name>')
  withPlanOptions(command)
    .option('--json', 'print it as JSON')
    .addHelpText('after', example("redoma plan edit daily --cron '30 2 * * *' --window 22:00-06:00"))
    .action(async (name: string, options: EditOptions) => {
      const { services, clock, terminal } = context
      await using instance = await services.openInstance()
      const before = await named('plan', name, instance.catalogue.plans)
      const plan = await instance.editPlan(name, wordsOf(options, before))
      instance.log.info('plan changed', { plan: name })
      if (options.json) {
        terminal.printJson(
          planJson(plan, await newestRunOf(instance.catalogue, plan, clock.now()), clock.now()),
        )
        return
      }
      const { green, bold, dim } = terminal.style
      terminal.print(
        `${green('✓')} The plan ${bold(printable(name))}: ${scheduleWords(plan.schedule)}`,
        `  ${dim(`next: ${nextWords(plan, clock.now(), terminal.style)}`)}`,
      )
    })
}
