import { Command } from 'commander'
import { RedomaError } from '../core/errors.ts'
import { commands } from './commands.ts'
import type { Context } from './context.ts'
import { nearName } from './near-names.ts'
import { runCommands } from './run-commands.ts'

/**
 * Does what the words say. Only the command that is named is loaded.
 *
 * @throws RedomaError `USAGE` for words that do not fit, and whatever the command throws
 */
export async function runProgram(words: readonly string[], version: string, context: Context): Promise<void> {
  const program = rootCommand(version, context)
  const named = words.find((word) => !word.startsWith('-'))
  const [first] = words
  if (first !== undefined && first === named) requireCommand(first)
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary)
    if (entry.name === named) (await entry.load())(command, context)
  }
  await runCommands(program, words, context)
}

function rootCommand(version: string, context: Context): Command {
  return new Command('redoma')
    .description(
      'Backs up the secrets, the system and the session recordings of a privileged-access instance.',
    )
    .version(version)
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Begin:
  redoma init                                   make an instance in ${context.services.home}
  redoma                                        say how things stand, and what to do next

REDOMA_HOME names another folder for the instance, REDOMA_HOST this host in snapshots.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with warnings, 4 others are at work, 5 wrong key, 6 damage found,
130 interrupted.`,
    )
    .action(async () => {
      const { showStatus } = await import('./status.ts')
      await showStatus(context)
    })
}

/** @throws RedomaError `USAGE` for a first word that is no command */
function requireCommand(word: string): void {
  const names = commands.map((entry) => entry.name)
  if (names.includes(word)) return
  const near = nearName(word, names)
  throw new RedomaError('USAGE', `there is no command ${JSON.stringify(word)}`, {
    hint: near === undefined ? 'redoma --help lists the commands.' : `Did you mean redoma ${near}?`,
  })
}
