import type { Command } from 'commander'
import { RedomaError } from '../../../core/errors.ts'
import type { Opening } from '../../../ports/opening.ts'
import type { Context } from '../../context.ts'
import { example } from '../../help.ts'
import { printable } from '../../printable.ts'

interface OpenedOptions {
  readonly by: string
  readonly why: string
  readonly at?: string
  readonly json?: true
}

export function defineGlassOpened(group: Command, context: Context): void {
  group
    .command('opened')
    .description('record that a bundle was opened for real, by whom and why; what to do then is in aftercare')
    .argument('<bundle>', 'its number, or its file')
    .requiredOption('--by <who>', 'who opened it')
    .requiredOption('--why <text>', 'why')
    .option('--at <time>', 'when, as 2026-11-27T03:00:00Z (default: now)')
    .option('--json', 'print the record as JSON')
    .addHelpText(
      'after',
      example('redoma glass opened 41 --by "Ana, Rui" --why "vault unreachable, incident 812"'),
    )
    .action(async (bundle: string, { by, why, at, json }: OpenedOptions) => {
      await using instance = await context.services.openInstance()
      const opening = await instance.recordOpening({ bundle, by, why, at: timeOf(at) })
      const { terminal } = context
      if (json) {
        terminal.printJson(openingJson(opening))
        return
      }
      terminal.print(`${terminal.style.green('✓')} Recorded: ${printable(opening.object)} was opened.`)
      const next = opening.sequence === undefined ? 'FILE --identity IDENTITY' : String(opening.sequence)
      terminal.note(`Now give its credentials new values: redoma glass aftercare ${next}`)
    })
}

function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(time.getTime())) return time
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a time`, {
    hint: 'Times look like 2026-11-27T03:00:00Z.',
  })
}

export function openingJson({ openedAt, recordedAt, ...opening }: Opening): object {
  return { ...opening, openedAt: openedAt.toISOString(), recordedAt: recordedAt.toISOString() }
}
