import { spawn } from 'node:child_process'
import { type Ended, endOf } from './redoma.ts'

/** As somebody on another machine runs a program: another user, with nothing in the environment and no network. Only root can play that. */
export function emptyHanded(command: readonly string[], home: string, path = '/usr/bin:/bin'): string[] {
  const user = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--no-new-privs']
  const environment = ['env', '-i', `HOME=${home}`, `PATH=${path}`, 'LANG=C.UTF-8', 'TERM=xterm']
  return ['unshare', '--net', '--', 'setpriv', ...user, '--', ...environment, ...command]
}

/** Runs it to its end; `input` is its standard input. */
export function runEmptyHanded(
  command: readonly string[],
  cwd: string,
  home: string,
  input = '',
): Promise<Ended> {
  const [program = '', ...words] = emptyHanded(command, home)
  const child = spawn(program, words, { cwd })
  child.stdin.on('error', () => undefined).end(input)
  return endOf(child)
}
