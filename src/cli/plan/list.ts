import type { Command } from 'commander'
import { stateWords } from '../backup/run-lines.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { jobsWords, nextWords, scheduleWords } from './describe-plan.ts'
import { newestRunOf } from './newest-run.ts'
import { planJson } from './plan-json.ts'

export function definePlanList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the plans: when each is due next, and what became of its last run')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma plan list'))
    .action(async (options: { json?: true }) => {
      const { terminal, clock, services } = context
      await using instance = await services.openInstance()
      const now = clock.now()
      const plans = await Promise.all(
        (await instance.catalogue.plans.list()).map(async (plan) => ({
          plan,
          last: await newestRunOf(instance.catalogue, plan, now),
        })),
      )
      if (options.json) {
        terminal.printJson(plans.map(({ plan, last }) => planJson(plan, last, now)))
        return
      }
      if (plans.length === 0) {
        terminal.note("There is no plan. Try: redoma plan add daily --cron '0 5 * * *'")
        return
      }
      const { style } = terminal
      const columns = [
        { title: 'NAME', cut: 'nothing' },
        { title: 'JOBS' },
        { title: 'WHEN' },
        { title: 'NEXT', cut: 'nothing' },
        { title: 'LAST RUN', cut: 'nothing' },
      ] as const
      const rows = plans.map(({ plan, last }) => [
        printable(plan.name),
        jobsWords(plan.jobs),
        scheduleWords(plan.schedule),
        nextWords(plan, now, style),
        last === undefined ? 'never' : `${stateWords(last.state, style)}  ${formatTime(last.startedAt)}`,
      ])
      terminal.print(...table(columns, rows, style))
    })
}
