import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { followToEnd } from './follow-to-end.ts'
import { stateWords } from './run-lines.ts'
import { runMeant } from './run-under-way.ts'

export function defineBackupStop(group: Command, context: Context): void {
  group
    .command('stop')
    .description('stop a run that the daemon does, and wait until it has ended')
    .argument('[run]', 'its number (default: the one that is under way)')
    .addHelpText('after', example('redoma backup stop', 'redoma backup stop 12'))
    .action(async (text: string | undefined) => {
      const { terminal, services, signal } = context
      await using instance = await services.openInstance()
      const { catalogue } = instance
      const id = await runMeant(catalogue, text)
      const daemon = await services.findDaemon()
      if (daemon === undefined) {
        throw new RedomaError('USAGE', `run ${id} is done by no daemon: none listens`, {
          hint: 'One that a command does is stopped where that was typed, by Ctrl-C. redoma backup list says what has ended.',
        })
      }
      await daemon.stopRun(id)
      const { run } = await followToEnd(instance, context, daemon, id, signal)
      terminal.print(`${stateWords(run.state, terminal.style)}  ${terminal.style.dim(`run ${id}`)}`)
    })
}
