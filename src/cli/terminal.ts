import type { Readable, Writable } from 'node:stream'
import { printableJson } from './printable.ts'
import { makeStyle, type Style } from './style.ts'
import { wrapped } from './wrapped.ts'

export interface TerminalOptions {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown }
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Whether the user lets us colour at all. */
  readonly colours: boolean
}

/** Where words come from and go to. Results go to standard output; everything said about them to standard error. */
export interface Terminal {
  readonly stdin: TerminalOptions['stdin']
  readonly stderr: TerminalOptions['stderr']
  readonly stdout: TerminalOptions['stdout']
  /** For standard output, and for standard error. */
  readonly style: Style
  readonly noteStyle: Style
  /** Whether there is a person to ask. */
  readonly interactive: boolean
  /** Whether standard error is a terminal, so that a line on it can be drawn again. */
  readonly live: boolean
  /** Results as they are: tables, secrets, paths. */
  print(...lines: readonly string[]): void
  /** Results in words, broken at blanks where a person reads them. */
  say(...lines: readonly string[]): void
  printJson(value: unknown): void
  /** A question; what is typed follows it. */
  ask(question: string): void
  /** Whatever else is said, broken at blanks where a person reads it. */
  note(...lines: readonly string[]): void
}

export function makeTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, stderr, colours } = options
  const style = makeStyle(colours && stdout.isTTY === true, () => columnsOf(stdout))
  const noteStyle = makeStyle(colours && stderr.isTTY === true, () => columnsOf(stderr))
  return {
    stdin,
    stdout,
    stderr,
    style,
    noteStyle,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    live: stderr.isTTY === true,
    print: (...lines) => {
      for (const line of lines) stdout.write(`${line}\n`)
    },
    say: (...lines) => {
      for (const line of lines.flatMap((one) => wrapped(one, style.columns))) stdout.write(`${line}\n`)
    },
    printJson: (value) => {
      stdout.write(`${printableJson(value)}\n`)
    },
    ask: (question) => {
      stderr.write(wrapped(question, noteStyle.columns).join('\n'))
    },
    note: (...lines) => {
      for (const line of lines.flatMap((one) => wrapped(one, noteStyle.columns))) stderr.write(`${line}\n`)
    },
  }
}

/** A terminal that knows no width says 0. */
function columnsOf({ isTTY, columns }: TerminalOptions['stderr']): number | undefined {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : undefined
}
