import { Command } from 'commander'
import { commands } from '../../src/cli/commands.ts'
import type { Context } from '../../src/cli/context.ts'
import { makeTerminal } from '../../src/cli/terminal.ts'
import { readSettings } from '../../src/main/settings.ts'
import { wire } from '../../src/main/wire.ts'

/** Of one command: its words after `redoma`, and what they can be followed by. */
export interface CommandHelp {
  readonly words: readonly string[]
  readonly summary: string
  /** What `--help` prints. */
  readonly help: string
  readonly subcommands: readonly string[]
  readonly options: readonly string[]
}

/** All commands, each before those below it, as they describe themselves to root. */
export async function allCommands(): Promise<readonly CommandHelp[]> {
  const context = rootsContext()
  const found: CommandHelp[] = []
  const visit = (command: Command, words: readonly string[]): void => {
    found.push({
      words,
      summary: command.description(),
      help: helpOf(command),
      subcommands: command.commands.map((one) => one.name()),
      options: command.options.flatMap(({ long, short }) => [long, short].filter((name) => name != null)),
    })
    for (const one of command.commands) visit(one, [...words, one.name()])
  }
  for (const { name, summary, load } of commands) {
    const command = new Command('redoma').command(name).description(summary)
    ;(await load())(command, context)
    visit(command, [name])
  }
  return found
}

function rootsContext(): Context {
  const { stdin, stdout, stderr } = process
  const terminal = makeTerminal({ stdin, stdout, stderr, colours: false })
  const settings = readSettings({}, { name: 'root', isRoot: true, homeFolder: '/root' })
  const clock = { now: () => new Date(0) }
  return {
    terminal,
    clock,
    services: wire({ ...settings, hostName: 'HOST', machineName: 'HOST' }, clock, terminal),
    signal: new AbortController().signal,
    finish: () => undefined,
  }
}

function helpOf(command: Command): string {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 78 })
  command.outputHelp()
  return help.trim()
}

/** The manual page, section 1, in roff. */
export function manualPage(all: readonly CommandHelp[], version: string): string {
  const commandsOf = all.map(({ words, help }) => `.SS redoma ${words.join(' ')}\n.nf\n${roff(help)}\n.fi`)
  return `.TH REDOMA 1 "" "redoma ${version}" "User Commands"
.SH NAME
redoma \\- backups of a privileged\\-access instance: secrets, system, recordings
.SH SYNOPSIS
.B redoma
.RI [ command " ...]"
.SH DESCRIPTION
Redoma copies what a vault of credentials, the server it runs on and the recordings of its sessions are made of, to places elsewhere.
Bundles of secrets open with
.BR age (1)
and the recovery key, snapshots of the system with
.BR restic (1).
Without a command it says how things stand, and what to do next.
.PP
The handbook is in
.IR /usr/share/doc/redoma .
.SH COMMANDS
${commandsOf.join('\n')}
.SH FILES
.TP
.I /var/lib/redoma
the instance of root; another is named by
.B REDOMA_HOME
.TP
.I /var/log/redoma
the log of root's instance
.TP
.I /etc/systemd/system/redoma.service
the unit that
.B redoma install
writes; it counts before the one of the package
.SH EXIT STATUS
0 done, 1 failed, 2 wrong usage, 3 done with warnings, 4 others are at work, 5 wrong key, 6 damage found, 130 interrupted
.SH SEE ALSO
.BR age (1),
.BR restic (1),
.BR systemctl (1)
`
}

function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .split('\n')
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join('\n')
}

/** For bash: the words and options that can follow. */
export function bashCompletion(all: readonly CommandHelp[]): string {
  const first = [...new Set(all.map(({ words }) => words[0] ?? ''))]
  const cases = all.map(
    ({ words, subcommands, options }) =>
      `    '${words.join(' ')}') words='${[...subcommands, ...options, '--help'].join(' ')}' ;;`,
  )
  return `# bash completion for redoma

_redoma() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) break ;; esac
    case "\${path:+$path }$word" in
${all.map(({ words }) => `      '${words.join(' ')}') path='${words.join(' ')}' ;;`).join('\n')}
      *) break ;;
    esac
  done
  case $path in
    '') words='${[...first, '--help', '--version'].join(' ')}' ;;
${cases.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  # What is no word of a command may be a file.
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _redoma redoma
`
}
