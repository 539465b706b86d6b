import { hostname } from 'node:os'
import { userOfSystem } from '../../core/user-of-system.ts'
import { wait } from '../../core/wait.ts'
import { type FindProcess, findProcess } from './process-table.ts'

/** How a repository is locked: who this is, what it can see of others, and how patient it is. */
export interface Locking {
  readonly hostname: string
  readonly username: string
  readonly pid: number
  readonly findProcess: FindProcess
  /**
   * A name that one process at a time works under, which the caller sees to. Another's lock under the same name was left by a
   * process that died, in this boot; of another it may be that of a machine that was cloned, and lives. It is what tells in containers,
   * where host names and process numbers say nothing. Where several machines take it from each other it is counted, `NAME#TOKEN`: who has a lower
   * number writes no more, which the caller sees to as well.
   */
  readonly lease?: string | undefined
  /** How long a lock of somebody who lives is waited for, in milliseconds. */
  readonly patienceMs: number
  /**
   * Whether work that only reads takes a lock. Where it is `wanted` a person can say that there shall be none, and hints tell so; with
   * `none` whoever prunes meanwhile can make it fail, or find missing what is not.
   */
  readonly readingLock: 'needed' | 'wanted' | 'none'
  /** Kept after so many milliseconds, or broken by the signal. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
  /** What a run should say of locks that it met, a sentence each. */
  onNotice(notice: LockNotice): void
}

export type LockNotice =
  /** Somebody is waited for, until then at the longest. */
  | { readonly kind: 'waiting'; readonly message: string; readonly until: Date }
  /** A process left it that is gone: it was in nobody's way, and is not there any more. */
  | { readonly kind: 'removed-dead'; readonly message: string }
  /** What a person should look at. */
  | {
      readonly kind: 'left-stale' | 'left-empty' | 'not-removed' | 'reads-unlocked'
      readonly message: string
    }

/** This process, without patience. */
export function systemLocking(): Locking {
  return {
    hostname: hostname(),
    username: userOfSystem().name,
    pid: process.pid,
    findProcess,
    patienceMs: 0,
    readingLock: 'needed',
    wait,
    onNotice: () => undefined,
  }
}
