import { spawn } from 'node:child_process'
import { killGroup, lastOf, onOneLine } from '../../core/child-process.ts'
import { systemCode } from '../../core/errors.ts'

export interface ProgramEnd {
  /** `undefined`: it did not start, or was killed. */
  readonly status: number | undefined
  /** The end of what it printed as errors, on one line. */
  readonly complaint: string
  readonly why: 'ended' | 'not-installed' | 'not-started' | 'too-long'
}

const complaintBytes = 2000

/**
 * Runs a program of the system without a shell, with nothing of our environment. After that time it is killed with all that it started, and not
 * waited for: what waits in the kernel for a server cannot be killed.
 *
 * @param fd is its descriptor 3, where it is given
 * @throws the signal's reason
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  limits: { readonly milliseconds: number; readonly fd?: number | undefined },
  signal: AbortSignal,
): Promise<ProgramEnd> {
  signal.throwIfAborted()
  const child = spawn(program, words, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', ...(limits.fd === undefined ? [] : [limits.fd])],
  })
  const said = lastOf(child.stderr, complaintBytes)
  const timer = AbortSignal.timeout(limits.milliseconds)
  const stopping = AbortSignal.any([signal, timer])
  const end = await new Promise<ProgramEnd>((resolve) => {
    const finish = (why: ProgramEnd['why'], status?: number): void => {
      resolve({ status, why, complaint: onOneLine(said()) })
    }
    child.once('error', (error) => {
      finish(systemCode(error) === 'ENOENT' ? 'not-installed' : 'not-started')
    })
    child.once('close', (code) => {
      finish('ended', code ?? undefined)
    })
    stopping.addEventListener('abort', () => {
      finish('too-long')
    })
  })
  if (stopping.aborted) killGroup(child)
  child.stderr?.destroy()
  child.unref()
  signal.throwIfAborted()
  return end
}
