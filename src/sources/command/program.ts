import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { killGroup, lastOf, onOneLine } from '../../core/child-process.ts'
import { RedomaError, systemCode } from '../../core/errors.ts'

export interface ProgramLimits {
  readonly milliseconds: number
  readonly outputBytes: number
  /** Of nothing that is printed, while it is waited for. */
  readonly silenceMs?: number | undefined
}

/** What a program is given besides its words. */
export interface ProgramGifts {
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Becomes its descriptor 3. */
  readonly descriptor?: number | undefined
  /** Its standard input, which is empty where it is not given. What it throws is thrown, and the program killed before it could take that for the end. */
  readonly input?: AsyncIterable<Uint8Array> | undefined
}

export const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

type Program = ChildProcessByStdio<Writable | null, Readable, Readable>

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
  gifts: ProgramGifts = {},
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  const child = start(argv, gifts)
  const ending = endingOf(child)
  const complaints = lastOf(child.stderr, complaintBytes)
  const feeding = feed(child, gifts.input)
  const timer = AbortSignal.timeout(limits.milliseconds)
  const stop = () => {
    killGroup(child)
    // What left the group (setsid) lives on and holds these open: nobody waits for its end.
    child.stdout.destroy()
    child.stderr.destroy()
  }
  const silence = new AbortController()
  const stopping = AbortSignal.any([signal, timer, silence.signal])
  stopping.addEventListener('abort', stop)
  try {
    let bytes = 0
    const chunks = child.stdout as AsyncIterable<Buffer>
    for await (const chunk of whileNotSilent(chunks, limits.silenceMs, silence)) {
      bytes += chunk.length
      if (bytes > limits.outputBytes) throw tooMuch(`it printed more than ${limits.outputBytes} bytes`)
      yield chunk
    }
    const end = await ending
    signal.throwIfAborted()
    if (timer.aborted) throw tooLong(limits)
    if (silence.signal.aborted) throw tooSilent(limits)
    await feeding
    if (end !== 'exit code 0') throw failed(end, onOneLine(complaints()))
  } catch (error) {
    signal.throwIfAborted()
    if (timer.aborted) throw tooLong(limits)
    if (silence.signal.aborted) throw tooSilent(limits)
    throw error
  } finally {
    stopping.removeEventListener('abort', stop)
    stop()
  }
}

/** The time that whoever reads it takes does not count. */
async function* whileNotSilent(
  chunks: AsyncIterable<Buffer>,
  longestMs: number | undefined,
  silence: AbortController,
): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  for (;;) {
    const timer =
      longestMs === undefined
        ? undefined
        : setTimeout(() => {
            silence.abort()
          }, longestMs)
    const next = await iterator.next().finally(() => {
      clearTimeout(timer)
    })
    if (next.done === true) return
    yield next.value
  }
}

/** A group of its own, so that what it starts can be stopped with it. */
function start(
  [program = '', ...words]: readonly string[],
  { environment, descriptor, input }: ProgramGifts,
): Program {
  const env = { PATH: usualPath, LANG: 'C.UTF-8', ...environment }
  const third = descriptor === undefined ? [] : [descriptor]
  return spawn(program, words, {
    cwd: '/',
    env,
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...third],
  }) as unknown as Program
}

/** A program that does not want more has ended, and says how by that. */
function feed(child: Program, input: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  const { stdin } = child
  if (stdin === null || input === undefined) return Promise.resolve()
  const gone = new AbortController()
  stdin.on('error', () => {
    gone.abort()
  })
  child.once('close', () => {
    gone.abort()
  })
  const pump = async (): Promise<void> => {
    for await (const part of input) {
      if (gone.signal.aborted) return
      if (!stdin.write(part)) await once(stdin, 'drain', { signal: gone.signal }).catch(() => undefined)
    }
    stdin.end()
  }
  const pumping = pump().catch((error: unknown) => {
    // Before it sees the end of its input.
    killGroup(child)
    throw error
  })
  pumping.catch(() => undefined)
  return pumping
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

function tooSilent({ silenceMs = 0 }: ProgramLimits): RedomaError {
  return tooMuch(`it printed nothing for ${silenceMs / 1000} seconds`)
}

function tooMuch(message: string): RedomaError {
  return new RedomaError('LIMIT_EXCEEDED', message)
}
