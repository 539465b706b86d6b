import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { tellWhenFailed } from './tell-commands.ts'

/** As a person starts it. */
export const redomaProgram = fileURLToPath(new URL('../../bin/redoma', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Redoma {
  /** Runs a command to its end; `input` is its standard input. */
  run(words: readonly string[], input?: string): Promise<Ended>
  /** Starts one and lets the test meddle with it. */
  start(words: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> }
  /** Everything that any command printed. */
  printed(): string
}

/** The real program, as a process, with the instance in `home`; as another user where the test is root; as a host of another name. */
export function redomaAt(
  home: string,
  user?: number,
  host = '',
  environment: Readonly<Record<string, string>> = {},
): Redoma {
  const printed: string[] = []
  const start = (words: readonly string[], input = ''): ReturnType<Redoma['start']> => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      REDOMA_HOME: home,
      REDOMA_HOST: host,
      TZ: 'UTC',
      ...environment,
    }
    const as = user === undefined ? {} : { uid: user, gid: user }
    const child = spawn(redomaProgram, words, { env, ...as, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin.on('error', () => undefined).end(input)
    const ended = endOf(child).then((end) => {
      printed.push(end.stdout, end.stderr)
      tellWhenFailed({ words, ...end })
      return end
    })
    return { child, ended }
  }
  return { start, run: (words, input) => start(words, input).ended, printed: () => printed.join('\n') }
}

/** What it has printed, once it has ended. */
export function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject).on('close', (code) => {
      resolve({ code, stdout, stderr })
    })
  })
}
