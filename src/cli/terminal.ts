import type { Readable, Writable } from 'node:stream'
import { printableJson } from './printable.ts'
import { makeStyle, type Style } from './style.ts'

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
  print(...lines: readonly string[]): void
  printJson(value: unknown): void
  note(...lines: readonly string[]): void
}

export function makeTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, stderr, colours } = options
  return {
    stdin,
    stdout,
    stderr,
    style: makeStyle(colours && stdout.isTTY === true),
    noteStyle: makeStyle(colours && stderr.isTTY === true),
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    live: stderr.isTTY === true,
    print: (...lines) => {
      for (const line of lines) stdout.write(`${line}\n`)
    },
    printJson: (value) => {
      stdout.write(`${printableJson(value)}\n`)
    },
    note: (...lines) => {
      for (const line of lines) stderr.write(`${line}\n`)
    },
  }
}
