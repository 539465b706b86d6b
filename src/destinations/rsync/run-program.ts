import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { killGroup, lastOf } from '../../core/child-process.ts'
import { RedomaError, systemCode } from '../../core/errors.ts'

export interface Program {
  readonly name: 'rsync' | 'ssh'
  readonly words: readonly string[]
  /** Where it runs. */
  readonly folder: string
  /** Its standard input; absent: nothing. */
  readonly input?: string
}

export interface Ended {
  /** Of a program that was killed: -1. */
  readonly code: number
  /** The end of what it printed. */
  readonly output: string
  /** The end of what it complained of. */
  readonly complaints: string
}

/** Nothing of ours: neither `RSYNC_…` nor an agent nor a home with settings in it. Messages and times are always the same. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  SHELL: '/bin/sh',
  LC_ALL: 'C',
  TZ: 'UTC',
}
/** A server may complain without end. */
export const keptBytes = 16 * 1024

/** Starts it without a shell, in a process group of its own, so that all that it starts can be stopped with it. */
export function startProgram({ name, words, folder }: Omit<Program, 'input'>): ChildProcess {
  return spawn(name, words, {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** A program that was started. It does not keep this process from ending before it is asked to finish. */
export interface Begun {
  hasEnded(): boolean
  /** The end of what it has complained of until now. */
  readonly complaints: () => string
  /**
   * Gives it its standard input, and lets it run to its end. It, and all it started, is killed when `signal` is aborted.
   *
   * @param onOutput takes what it prints, in place of `Ended.output`; when it throws, the program is killed
   * @throws RedomaError `PROGRAM_FAILED` when it could not be started; the signal's reason
   */
  finish(input: string, signal: AbortSignal, onOutput?: (chunk: Buffer) => Promise<void>): Promise<Ended>
  /** Ends it, with all it started. */
  readonly kill: () => void
}

export function beginProgram(program: Omit<Program, 'input'>): Begun {
  const child = startProgram(program)
  const ending = endOf(child, program.name)
  const complaints = lastOf(child.stderr, keptBytes)
  const stop = (): void => {
    killGroup(child)
  }
  let isRunning = true
  ending
    .catch(() => undefined)
    .finally(() => {
      isRunning = false
    })
  letGo(child)

  async function finish(
    input: string,
    signal: AbortSignal,
    onOutput?: (chunk: Buffer) => Promise<void>,
  ): Promise<Ended> {
    hold(child)
    signal.addEventListener('abort', stop)
    try {
      signal.throwIfAborted()
      const output = lastOf(onOutput === undefined ? child.stdout : null, keptBytes)
      child.stdin?.on('error', () => undefined).end(input)
      if (onOutput !== undefined && child.stdout !== null)
        for await (const chunk of child.stdout as AsyncIterable<Buffer>) await onOutput(chunk)
      const code = await ending
      signal.throwIfAborted()
      return { code, output: output(), complaints: complaints() }
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
    }
  }

  return { hasEnded: () => !isRunning, complaints, finish, kill: stop }
}

/** Runs it to its end, as `Begun.finish` does. */
export async function runProgram({ input = '', ...program }: Program, signal: AbortSignal): Promise<Ended> {
  signal.throwIfAborted()
  return beginProgram(program).finish(input, signal)
}

/** Whoever forgets about it is not kept from ending. */
export function letGo(child: ChildProcess): void {
  child.unref()
  for (const pipe of pipesOf(child)) pipe.unref()
}

export function hold(child: ChildProcess): void {
  child.ref()
  for (const pipe of pipesOf(child)) pipe.ref()
}

function pipesOf({ stdin, stdout, stderr }: ChildProcess): Socket[] {
  return [stdin, stdout, stderr].filter((pipe) => pipe instanceof Socket)
}

/** Kept when it has ended, and what it printed has been read. */
export function endOf(child: ChildProcess, name: string): Promise<number> {
  const ending = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => {
      reject(cannotStart(name, error))
    })
    child.once('close', (code) => {
      resolve(code ?? -1)
    })
  })
  // Whoever waits for it hears of it; nobody may.
  ending.catch(() => undefined)
  return ending
}

function cannotStart(name: string, error: Error): RedomaError {
  return new RedomaError('PROGRAM_FAILED', `${name} cannot be started (${systemCode(error) ?? 'unknown'})`, {
    hint: 'Install rsync and the SSH client: apt install rsync openssh-client',
    cause: error,
  })
}
