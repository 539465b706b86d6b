import { readLine } from './read-line.ts'
import type { Terminal } from './terminal.ts'

/**
 * A line that a person types, seen by all; `undefined` at the end of the input (Ctrl-D).
 *
 * @throws the signal's reason, as soon as it is aborted
 */
export function askLine(
  terminal: Terminal,
  prompt: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  terminal.ask(prompt)
  return readLine(terminal.stdin, signal)
}
