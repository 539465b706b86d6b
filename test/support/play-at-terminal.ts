import { spawn } from 'node:child_process'
import { type Ended, endOf } from './redoma.ts'

/** What a person at a terminal waits for, and what he types then. */
export interface Typing {
  readonly at: string
  readonly type: string
  /** He waits until the terminal shows nothing of what is typed, as for a password. */
  readonly hidden?: true
}

/** Plays what is known beforehand at a terminal of its own, by whatever program (`atTerminal` is Redoma's, and answers); what it printed comes as `stdout`, with all that steers the terminal. */
export function playAtTerminal(
  command: readonly string[],
  steps: readonly Typing[],
  { cwd = '/', env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const surroundings = {
    PATH: process.env['PATH'] ?? '',
    TERM: 'xterm',
    ...env,
    STEPS: JSON.stringify(steps),
  }
  const child = spawn('python3', ['-c', typist, ...command], { cwd, env: surroundings })
  return endOf(child)
}

const typist = `
import json, os, pty, sys, termios, time
steps = json.loads(os.environ.pop("STEPS"))
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])

def read():
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""

def say(chunk):
    sys.stdout.buffer.write(chunk)
    sys.stdout.flush()

seen = b""
for step in steps:
    awaited = step["at"].encode()
    while awaited not in seen:
        chunk = read()
        if chunk == b"":
            sys.exit("it ended before it asked: " + step["at"])
        say(chunk)
        seen += chunk
    seen = seen[seen.index(awaited) + len(awaited):]
    while step.get("hidden") and termios.tcgetattr(terminal)[3] & termios.ECHO:
        time.sleep(0.01)
    os.write(terminal, step["type"].encode() + b"\\r")
while True:
    chunk = read()
    if chunk == b"":
        break
    say(chunk)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`
