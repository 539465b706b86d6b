import { type Command, CommanderError } from 'commander'
import { RedomaError } from '../core/errors.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'

/** What it takes to have commands run and speak as ours do. */
type CommandContext = Pick<Context, 'terminal' | 'finish'>

/**
 * Does what the words say.
 *
 * @throws RedomaError `USAGE` for words that do not fit, and whatever the command throws
 */
export async function runCommands(
  program: Command,
  words: readonly string[],
  context: CommandContext,
): Promise<void> {
  try {
    settle(program, context)
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    endOfCommander(error, context)
  }
}

/** The same manners for every command, however deep. */
function settle(command: Command, context: CommandContext): void {
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => context.terminal.stdout.write(text),
      writeErr: (text) => context.terminal.stderr.write(text),
      // The error comes out once, in our own three lines.
      outputError: () => undefined,
      getOutHelpWidth: () => context.terminal.stdout.columns ?? 100,
    })
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
  for (const child of command.commands) settle(child, context)
}

function endOfCommander(error: CommanderError, context: CommandContext): void {
  if (error.exitCode === 0) return
  // A group without a command has shown its help.
  if (error.code === 'commander.help') {
    context.finish(exitCodes.usage)
    return
  }
  const [what = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const hint = suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'Add --help to see what fits.'
  throw new RedomaError('USAGE', what, { hint })
}
