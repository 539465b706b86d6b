import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../bin/redoma', import.meta.url))

/** The program at a pseudo terminal of 100 columns, and a person who reads the screen and types. */
export interface AtTerminal extends AsyncDisposable {
  /** Of `script`; the program is its child. */
  readonly child: ChildProcess
  /** Waits until what was printed since the last match matches, and gives the match. */
  sees(pattern: RegExp): Promise<RegExpExecArray>
  /** A line, and Enter. */
  types(line: string): void
  presses(keys: string): void
  /** Everything printed, once it has ended; the exit code is that of the program. */
  readonly ended: Promise<{ readonly code: number | null; readonly printed: string }>
}

export function atTerminal(home: string, words: readonly string[], temporary = '/tmp'): AtTerminal {
  const quoted = [launcher, ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    REDOMA_HOME: home,
    TZ: 'UTC',
    TERM: 'xterm',
    NO_COLOR: '1',
    TMPDIR: temporary,
  }
  const command = `stty cols 100 rows 30; exec ${quoted}`
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  let [printed, seen] = ['', 0]
  const look = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    for (const one of look) one()
  })
  const ended = new Promise<{ code: number | null; printed: string }>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      resolve({ code, printed })
      for (const one of look) one()
    })
  })
  let isOver = false
  void ended.then(() => (isOver = true))
  return {
    child,
    ended,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        const one = (): void => {
          const match = pattern.exec(printed.slice(seen))
          if (match === null) {
            if (isOver) reject(new Error(`it ended without ${String(pattern)}: ${printed.slice(seen)}`))
            return
          }
          seen += match.index + match[0].length
          look.delete(one)
          resolve(match)
        }
        look.add(one)
        void ended.then(one)
        one()
      }),
    types: (line) => {
      child.stdin.write(`${line}\r`)
    },
    presses: (keys) => {
      child.stdin.write(keys)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
