import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import { openRamFile } from '../../core/ram-file.ts'
import type { Secret } from '../../core/secret.ts'
import type { ServerSpec } from '../../ports/database.ts'
import { type ProgramLimits, runProgram } from '../command/program.ts'

/** Of the registry, for who is not known to the server by other means. */
export type PasswordOf = (credentialId: string) => Promise<Secret>

/** Runs the programs of a database system as the spec says, and hands them the password without a name for it. */
export interface DatabaseClient {
  /**
   * What it prints, as it comes.
   *
   * @throws RedomaError `SOURCE_UNREADABLE` unless it ends with success
   */
  run(argv: readonly string[], signal: AbortSignal): AsyncIterable<Uint8Array>
  /** All of what it prints, which is short, in lines. @throws RedomaError as `run` */
  lines(argv: readonly string[], signal: AbortSignal): Promise<string[]>
  /** Gives it what it reads. @throws RedomaError `SOURCE_UNREADABLE` unless it ends with success, and what `content` throws */
  feed(argv: readonly string[], content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>
}

export interface ClientDeps {
  readonly passwordOf: PasswordOf
  /** What the programs of this system read a password from, in its own words. */
  readonly secretFile: (password: string) => string
  /** How they are told of it. */
  readonly environment: (path: string) => Readonly<Record<string, string>>
}

const longestDumpMs = 7 * 24 * 3600_000
/** A dump is silent while it waits for a lock, and while a large catalogue is read. */
const longestSilenceMs = 3600_000
const longestListMs = 5 * 60_000
const longestListBytes = 16 * 1024 * 1024

export function databaseClient(spec: ServerSpec, deps: ClientDeps): DatabaseClient {
  async function* run(
    argv: readonly string[],
    signal: AbortSignal,
    limits: ProgramLimits,
    input?: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    await using secret = await openSecret()
    const environment = secret === undefined ? deps.environment('/dev/null') : deps.environment('/dev/fd/3')
    try {
      yield* runProgram(asUser(argv), limits, signal, { environment, descriptor: secret?.fd, input })
    } catch (error) {
      signal.throwIfAborted()
      throw unreadable(argv[0] ?? '', error)
    }
  }

  async function openSecret() {
    if (spec.credential === undefined) return undefined
    const password = await deps.passwordOf(spec.credential)
    const file = await openRamFile(deps.secretFile(password.reveal()))
    if (file !== undefined) return file
    throw new RedomaError('SOURCE_UNREADABLE', 'there is no RAM disk at /dev/shm or /run', {
      hint: 'A password is handed to the programs of a database in memory only: mount a tmpfs at /dev/shm.',
    })
  }

  /** With the groups of that user, and nothing of ours. */
  function asUser(argv: readonly string[]): readonly string[] {
    const { runAs } = spec
    if (runAs === undefined) return argv
    return ['setpriv', `--reuid=${runAs}`, `--regid=${runAs}`, '--init-groups', '--', ...argv]
  }

  return {
    run: (argv, signal) =>
      run(argv, signal, {
        milliseconds: longestDumpMs,
        outputBytes: Infinity,
        silenceMs: longestSilenceMs,
      }),
    async feed(argv, content, signal) {
      await Array.fromAsync(
        run(argv, signal, { milliseconds: longestDumpMs, outputBytes: longestListBytes }, content),
      )
    },
    async lines(argv, signal) {
      const parts = await Array.fromAsync(
        run(argv, signal, { milliseconds: longestListMs, outputBytes: longestListBytes }),
      )
      return Buffer.concat(parts)
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
    },
  }
}

function unreadable(program: string, error: unknown): unknown {
  if (error instanceof RedomaError && !isRedomaError(error, 'PROGRAM_FAILED')) return error
  const message = messageOf(error)
  return new RedomaError('SOURCE_UNREADABLE', `${program}: ${message}`, {
    hint: hintOf(program, message),
    cause: error,
  })
}

function hintOf(program: string, message: string): string {
  if (message.includes('no start (ENOENT)')) {
    const packages = program.startsWith('p') ? 'postgresql-client' : 'mariadb-client'
    return `Install the programs of the database on this machine: apt install ${packages}`
  }
  if (/server version|aborting because of server version mismatch/.test(message))
    return 'The programs must be as new as the server: install its client package.'
  if (/password|authentication|Access denied|Peer/i.test(message))
    return 'Does the server let this user in? --credential TITLE names its password, --run-as USER a user of this system.'
  return 'Nothing of a dump that fails is a backup. Start the program by hand and see.'
}
