import type { ErrorCode } from '../core/errors.ts'

/** What a command's exit code means: the one table, repeated in docs/operator/exit-codes.md for people. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  warnings: 3,
  busy: 4,
  keyWrong: 5,
  damaged: 6,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done',
  failed: 'failed: nothing, or not all, of it was done',
  usage: 'wrong usage: the words of the command do not fit; nothing was done',
  warnings: 'done with warnings: something was left out, and is listed',
  busy: 'others are at work: another run of this instance, or somebody who has locked the repository',
  keyWrong: 'a password, identity or key does not open this',
  damaged: 'damage was found: what lies there is not what was written',
  interrupted: 'interrupted by SIGINT or SIGTERM',
}

/** The exit code of a command that ends with an error of this code. */
export function exitCodeFor(code: ErrorCode): ExitCode {
  return exceptions[code] ?? exitCodes.failed
}

/** Of several failures: that of all of them, where it is one. */
export function exitCodeOfAll(failures: readonly ExitCode[]): ExitCode {
  const [code = exitCodes.done, ...others] = new Set(failures)
  return others.length === 0 ? code : exitCodes.failed
}

const exceptions: Partial<Readonly<Record<ErrorCode, ExitCode>>> = {
  USAGE: exitCodes.usage,
  RUN_UNDER_WAY: exitCodes.busy,
  REPOSITORY_LOCKED: exitCodes.busy,
  KEY_WRONG: exitCodes.keyWrong,
  INSTANCE_KEY_WRONG: exitCodes.keyWrong,
  CATALOGUE_DAMAGED: exitCodes.damaged,
  DATA_DAMAGED: exitCodes.damaged,
  VERIFICATION_FAILED: exitCodes.damaged,
  REPOSITORY_DAMAGED: exitCodes.damaged,
  REPOSITORY_EXCHANGED: exitCodes.damaged,
  CANCELLED: exitCodes.interrupted,
}
