import type { Command } from 'commander'
import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { printable } from '../printable.ts'

interface Outcome {
  readonly channel: string
  readonly told: boolean
  /** What the other side answered, or what went wrong. */
  readonly answer: string
  readonly hint?: string | undefined
}

export function defineAlertTest(group: Command, context: Context): void {
  group
    .command('test')
    .description('tell a test over one channel, or over all, and say what was answered')
    .argument('[name]')
    .option('--json', 'print what was answered as JSON')
    .addHelpText('after', example('redoma alert test', 'redoma alert test soc'))
    .action(async (name: string | undefined, options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { channels } = instance.catalogue
      const { terminal, signal } = context
      const all = name === undefined ? await channels.list() : [await named('channel', name, channels)]
      const outcomes: Outcome[] = []
      for (const record of all) {
        const outcome = await instance
          .testChannel(record, signal)
          .then((answer) => ({ channel: record.name, told: true, answer }))
          .catch((error: unknown) => failureOf(record.name, error, signal))
        instance.log[outcome.told ? 'info' : 'error']('channel tested', { ...outcome })
        outcomes.push(outcome)
        if (!options.json) terminal.print(...linesOf(outcome))
      }
      if (options.json) terminal.printJson(outcomes)
      else if (all.length === 0)
        terminal.note('Nobody is told of anything yet. Try: redoma alert add NAME --smtp SERVER')
      if (all.length === 0 || outcomes.some(({ told }) => !told)) context.finish(exitCodes.failed)
    })

  function linesOf({ channel, told, answer, hint }: Outcome): string[] {
    const { style } = context.terminal
    const mark = told ? style.green('✓') : style.red('✗')
    return [
      `${mark} ${channel}: ${printable(answer)}`,
      ...(hint === undefined ? [] : [`  ${style.dim('try:')} ${printable(hint)}`]),
    ]
  }
}

function failureOf(channel: string, error: unknown, signal: AbortSignal): Outcome {
  signal.throwIfAborted()
  if (!isRedomaError(error)) throw error
  return { channel, told: false, answer: messageOf(error), hint: error.hint }
}
