import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { exitCodeOfRun } from './exit-code-of-run.ts'
import { followToEnd } from './follow-to-end.ts'
import { runJson } from './json.ts'
import { planNameOf } from './plan-names.ts'
import { runLines } from './run-lines.ts'
import { runMeant } from './run-under-way.ts'

export function defineBackupFollow(group: Command, context: Context): void {
  group
    .command('follow')
    .description('follow a run to its end, whoever began it')
    .argument('[run]', 'its number (default: the one that is under way)')
    .option('--json', 'print the run as JSON, when it has ended')
    .addHelpText(
      'after',
      `${example('redoma backup follow', 'redoma backup follow 12')}
Ctrl-C ends the following, and not the run: redoma backup stop. How far a run is, is known of those that the daemon does. Exit codes are those of redoma backup create.`,
    )
    .action(async (text: string | undefined, options: { json?: true }) => {
      const { terminal, services, signal } = context
      await using instance = await services.openInstance()
      const { catalogue } = instance
      const id = await runMeant(catalogue, text)
      const { run } = await followToEnd(instance, context, await services.findDaemon(), id, signal)
      if (options.json) terminal.printJson(runJson(run))
      else terminal.say(...runLines(run, terminal.style, await planNameOf(catalogue, run)))
      context.finish(exitCodeOfRun(run))
    })
}
