import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { killGroup, lastOf, onOneLine } from '../../core/child-process.ts'
import { RedomaError, systemCode } from '../../core/errors.ts'

export interface ProgramLimits {
  readonly milliseconds: number
  readonly outputBytes: number
}

type Program = ChildProcessByStdio<null, Readable, Readable>

/**
 * Runs a program without a shell, with nothing of our environment, and gives its standard output as it comes. It, and
 * all it started, is killed when the iteration ends before it does.
 *
 * @throws RedomaError `PROGRAM_FAILED` with the end of its standard error, `LIMIT_EXCEEDED`
 */
export async function* runProgram(
  argv: readonly string[],
  limits: ProgramLimits,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  const child = start(argv)
  const ending = endingOf(child)
  const complaints = lastOf(child.stderr, complaintBytes)
  const timer = AbortSignal.timeout(limits.milliseconds)
  const stop = () => {
    killGroup(child)
    // What left the group (setsid) lives on and holds these open: nobody waits for its end.
    child.stdout.destroy()
    child.stderr.destroy()
  }
  const stopping = AbortSignal.any([signal, timer])
  stopping.addEventListener('abort', stop)
  try {
    let bytes = 0
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > limits.outputBytes) throw tooMuch(`it printed more than ${limits.outputBytes} bytes`)
      yield chunk
    }
    const end = await ending
    signal.throwIfAborted()
    if (timer.aborted) throw tooLong(limits)
    if (end !== 'exit code 0') throw failed(end, onOneLine(complaints()))
  } catch (error) {
    signal.throwIfAborted()
    if (timer.aborted) throw tooLong(limits)
    throw error
  } finally {
    stopping.removeEventListener('abort', stop)
    stop()
  }
}

/** A group of its own, so that what it starts can be stopped with it. */
function start([program = '', ...words]: readonly string[]): Program {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }
  return spawn(program, words, { cwd: '/', env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
}

function endingOf(child: Program): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(`no start (${systemCode(error) ?? 'unknown'})`)
    })
    child.once('close', (code, signalName) => {
      resolve(code === null ? (signalName ?? 'no exit code') : `exit code ${code}`)
    })
  })
}

const complaintBytes = 500

function failed(end: string, complaint: string): RedomaError {
  return new RedomaError('PROGRAM_FAILED', `it ended with ${end}${complaint === '' ? '' : `: ${complaint}`}`)
}

function tooLong({ milliseconds }: ProgramLimits): RedomaError {
  return tooMuch(`it did not end in ${milliseconds / 1000} seconds`)
}

function tooMuch(message: string): RedomaError {
  return new RedomaError('LIMIT_EXCEEDED', message)
}
