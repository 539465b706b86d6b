import type { Command } from 'commander'
import { defaultPlan } from '../../app/plans/default-plan.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { nextWords, scheduleWords } from './describe-plan.ts'
import { planJson } from './plan-json.ts'
import { type PlanOptions, withPlanOptions, wordsOf } from './plan-options.ts'

interface AddOptions extends PlanOptions {
  readonly json?: true
}

export function definePlanAdd(group: Command, context: Context): void {
  const command = group
    .command('add')
    .description('say what is copied where, and when')
    .argument('<name>', 'what to call it')
  withPlanOptions(command)
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      example(
        "redoma plan add hourly --jobs secrets --cron '0 * * * *' --to nas",
        'redoma plan add vault --jobs secrets --after-changes 5m',
        "redoma plan add nightly --cron '0 1 * * *' --hook-before '/opt/bin/quiesce db'",
      ),
    )
    .action(async (name: string, options: AddOptions) => {
      const { services, clock, terminal } = context
      await using instance = await services.openInstance()
      const words = wordsOf(options, beginning(clock.now(), services.timeZone))
      requireSomeTime(options)
      const plan = await instance.addPlan(name, words)
      instance.log.info('plan added', { plan: name })
      if (options.json) {
        terminal.printJson(planJson(plan, undefined, clock.now()))
        return
      }
      const { green, bold, dim } = terminal.style
      terminal.print(
        `${green('✓')} The plan ${bold(printable(name))}: ${scheduleWords(plan.schedule)}`,
        `  ${dim(`next: ${nextWords(plan, clock.now(), terminal.style)}`)}`,
      )
    })
}

/** As the default plan, without its times. */
function beginning(now: Date, timeZone: string): ReturnType<typeof defaultPlan> {
  const plan = defaultPlan(now, timeZone)
  return { ...plan, schedule: { ...plan.schedule, cron: undefined } }
}

/** Who means a plan for runs by hand says so. */
function requireSomeTime({ cron, afterChanges }: PlanOptions): void {
  if (cron !== undefined || afterChanges !== undefined) return
  throw new RedomaError('USAGE', 'when? there is neither --cron nor --after-changes', {
    hint: "Every day at 05:00 is --cron '0 5 * * *'; one for runs by hand is --cron none.",
  })
}
