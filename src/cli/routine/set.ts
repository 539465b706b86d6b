import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import { type RoutineName, routineNames } from '../../ports/routine.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { scheduleWords } from '../plan/describe-plan.ts'
import { type PlanOptions, scheduleOf } from '../plan/plan-options.ts'

interface SetOptions extends Pick<PlanOptions, 'cron' | 'timeZone' | 'window'> {
  readonly on?: true
  readonly off?: true
}

export function defineRoutineSet(group: Command, context: Context): void {
  group
    .command('set')
    .description('say when the daemon does it, or that it does not')
    .argument('<name>', routineNames.join(', '))
    .option('--cron <fields>', "when: minute hour day month weekday, as in '0 10 * * 6'")
    .option('--time-zone <name>', 'of these times, such as Europe/Lisbon')
    .option('--window <from-to...>', 'when it may begin: 22:00-06:00; or: any')
    .option('--on', 'switch it on')
    .option('--off', 'switch it off')
    .addHelpText(
      'after',
      example(
        "redoma routine set verification --cron '0 22 * * *' --time-zone Europe/Lisbon     # a thirtieth each night",
        'redoma routine set reminders --off',
      ),
    )
    .action(async (text: string, options: SetOptions) => {
      const name = parseName(text)
      if (options.on && options.off) throw new RedomaError('USAGE', 'either --on or --off')
      const { terminal, services } = context
      await using instance = await services.openInstance()
      const before = await instance.catalogue.routines.get(name)
      const isEnabled = options.on === true || (options.off === undefined && before.isEnabled)
      const after = await instance.setRoutine(name, {
        isEnabled,
        schedule: scheduleOf(options, before.schedule),
      })
      instance.log.warn('routine changed', { routine: name, on: String(after.isEnabled) })
      const words = after.isEnabled ? `is on: ${scheduleWords(after.schedule)}` : 'is off.'
      terminal.print(`${terminal.style.green('✓')} ${name} ${words}`)
    })
}

/** @throws RedomaError `USAGE` */
function parseName(text: string): RoutineName {
  const name = routineNames.find((one) => one === text)
  if (name !== undefined) return name
  throw new RedomaError('USAGE', `there is no routine ${JSON.stringify(text)}`, {
    hint: `They are: ${routineNames.join(', ')}`,
  })
}
