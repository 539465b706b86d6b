import type { Command } from 'commander'
import { stateWords } from '../backup/run-lines.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'
import { hookWords, namesWords, nextWords, scheduleWords } from './describe-plan.ts'
import { newestRunOf } from './newest-run.ts'
import { planJson } from './plan-json.ts'

export function definePlanShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show one plan')
    .argument('<name>')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma plan show daily'))
    .action(async (name: string, options: { json?: true }) => {
      const { terminal, clock, services } = context
      await using instance = await services.openInstance()
      const now = clock.now()
      const plan = await named('plan', name, instance.catalogue.plans)
      const last = await newestRunOf(instance.catalogue, plan, now)
      if (options.json) {
        terminal.printJson(planJson(plan, last, now))
        return
      }
      const { style } = terminal
      const { before, after } = plan.hooks
      const pairs: (readonly [string, string])[] = [
        ['name', printable(plan.name)],
        ['jobs', plan.jobs.join(', ')],
        ['sources', namesWords(plan.sources)],
        ['to', namesWords(plan.destinations)],
        ['when', scheduleWords(plan.schedule)],
        ...(before === undefined ? [] : [['before', hookWords(before)] as const]),
        ...(after === undefined ? [] : [['after', hookWords(after)] as const]),
        ['next', nextWords(plan, now, style)],
        [
          'last run',
          last === undefined
            ? 'never'
            : `${stateWords(last.state, style)}  ${style.dim(`run ${last.id}, ${formatTime(last.startedAt)}`)}`,
        ],
      ]
      terminal.print(...facts(pairs, style))
    })
}
