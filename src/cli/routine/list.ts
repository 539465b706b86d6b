import type { Command } from 'commander'
import { nextOfRoutine } from '../../app/next-of-routine.ts'
import type { Routine } from '../../ports/routine.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { scheduleWords } from '../plan/describe-plan.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'

export function defineRoutineList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list what the daemon does on schedule beside the plans, and what verifications found')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma routine list'))
    .action(async (options: { json?: true }) => {
      const { terminal, clock, services } = context
      await using instance = await services.openInstance()
      const { routines, verifications, destinations } = instance.catalogue
      const [all, kept, places] = await Promise.all([
        routines.list(),
        verifications.list(),
        destinations.list(),
      ])
      const nameOf = (id: string): string => places.find((place) => place.id === id)?.name ?? id
      const verified = kept.map(({ destinationId, ...rest }) => ({
        destination: nameOf(destinationId),
        ...rest,
      }))
      if (options.json) {
        terminal.printJson({ routines: all, verifications: verified })
        return
      }
      const { style } = terminal
      const nextOf = (routine: Routine): string => {
        const next = nextOfRoutine(routine, clock.now())
        return next === undefined ? style.yellow('switched off') : formatTime(next)
      }
      const rows = all.map((routine) => [routine.name, scheduleWords(routine.schedule), nextOf(routine)])
      terminal.print(
        ...table([{ title: 'NAME' }, { title: 'WHEN' }, { title: 'NEXT', cut: 'nothing' }], rows, style),
      )
      if (verified.length === 0) return
      const ends = verified.map(({ destination, what, last, failed }) => [
        printable(destination),
        what,
        last === undefined ? 'never' : formatTime(last.at),
        failed === undefined
          ? last?.count === 0
            ? style.green('as it should be')
            : style.red(`${last?.count ?? 0} wrong`)
          : style.yellow(`not since: ${printable(failed.failure.message)}`),
      ])
      const columns = [
        { title: 'VERIFIED' },
        { title: 'WHAT' },
        { title: 'LAST', cut: 'nothing' },
        { title: 'FOUND' },
      ] as const
      terminal.print('', ...table(columns, ends, style))
    })
}
