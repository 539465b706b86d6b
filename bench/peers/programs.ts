import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { newerProgram } from '../../test/support/newer-programs.ts'

export type Command = readonly string[]

/** A program that makes and reads repositories, by its command lines. */
export interface Program {
  readonly name: string
  readonly init: (repository: string) => Command
  readonly backup: (repository: string, source: string) => Command
  readonly restore: (repository: string, target: string) => Command
  readonly restoreVerified: (repository: string, target: string) => Command
  readonly check: (repository: string) => Command
  readonly checkReadingData: (repository: string) => Command
  readonly keepLast: (repository: string, count: number) => Command
  /** All snapshots, to another repository, which is there. */
  readonly copy: (from: string, to: string) => Command
}

export const password = 'bench'
const root = join(import.meta.dirname, '../..')
/** Those of bin/redoma. */
const flags = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=100',
  '--wasm-wrapper-tiering-budget=1000000000',
]

/**
 * Redoma's engine by bench/drive.ts, which starts as bin/redoma does (same flags, compiled code kept) and calls what
 * `redoma backup create` calls, with no catalogue and no run to record, as restic has none. The restore with verification is
 * the command itself, `redoma restore`, which needs no instance.
 */
export function redoma(passwordFile: string): Program {
  const drive = (...words: readonly string[]): Command => [
    ...[process.execPath, ...flags, join(root, 'bench/drive.ts')],
    ...words,
  ]
  return {
    name: 'redoma',
    init: (repository) => drive('init', repository),
    backup: (repository, source) => drive('backup', repository, source),
    restore: (repository, target) => drive('restore', repository, target),
    restoreVerified: (repository, target) => [
      ...[join(root, 'bin/redoma'), 'restore', 'latest', '--to', target],
      ...['--repository', repository, '--password-file', passwordFile],
    ],
    check: (repository) => drive('check', repository),
    checkReadingData: (repository) => drive('check-data', repository),
    keepLast: (repository, count) => drive('keep-last', repository, String(count)),
    copy: (from, to) => drive('copy', from, to),
  }
}

/** The newest stock restic there is: of Debian unstable where that was fetched, else the machine's own. */
export function restic(): Program {
  const program = newerProgram('restic') ?? 'restic'
  const version = execFileSync(program, ['version'], { encoding: 'utf8' }).split(' ')[1] ?? ''
  const on = (repository: string, ...words: readonly string[]): Command => [
    ...[program, '-q', '-r', repository],
    ...words,
  ]
  return {
    name: `restic ${version}`,
    init: (repository) => on(repository, 'init'),
    backup: (repository, source) => on(repository, 'backup', source),
    restore: (repository, target) => on(repository, 'restore', 'latest', '--target', target),
    restoreVerified: (repository, target) =>
      on(repository, 'restore', 'latest', '--verify', '--target', target),
    check: (repository) => on(repository, 'check'),
    checkReadingData: (repository) => on(repository, 'check', '--read-data'),
    keepLast: (repository, count) => on(repository, 'forget', '--keep-last', String(count), '--prune'),
    copy: (from, to) => on(to, 'copy', '--from-repo', from),
  }
}
