import { nsOfDate } from '../encoding/rfc3339.ts'
import type { Lock } from './lock.ts'
import type { Locking } from './locking.ts'
import { ranInOneBoot, sawEachOther } from './process-table.ts'

/**
 * What is known of a lock's holder. `dead` is proved, and its lock may be removed by whoever comes by. `stale` is what restic calls so:
 * probably dead, but it may be a machine that sleeps, or a process that cannot be seen from here; a person decides.
 */
export type LockState =
  | { readonly kind: 'alive' }
  | { readonly kind: 'stale'; readonly why: string }
  | { readonly kind: 'dead'; readonly why: string }

const minuteMs = 60_000
/** As restic's: a lock lives so long without being refreshed, which happens every five minutes. */
export const staleAfterMs = 30 * minuteMs
/** A process that is not seen here, and has not refreshed its lock twice, is not merely in another container. */
const goneForSureAfterMs = 10 * minuteMs

export async function judgeLock(lock: Lock, now: Date, here: Locking): Promise<LockState> {
  const self = await here.findProcess(here.pid)
  const ageMs = ageOf(lock, now)
  if (isOfOwnLease(lock, here, self?.program)) {
    if (ranInOneBoot(lock.program, self?.program)) {
      return { kind: 'dead', why: 'it left the lease that this process has now' }
    }
    if (isSuperseded(lock, here) && ageMs > goneForSureAfterMs) {
      return { kind: 'dead', why: 'its lease was taken from it' }
    }
    // The machine started anew, or it is a clone of one that is at work, which refreshes its lock.
    if (ageMs > staleAfterMs) {
      return { kind: 'dead', why: 'it was not refreshed, and this process has its lease now' }
    }
  }
  if (lock.hostname === here.hostname) {
    const found = await here.findProcess(lock.pid)
    if (isSeen(lock, self?.program) && found?.program !== lock.program) {
      return { kind: 'dead', why: 'its process is gone' }
    }
    if (found === undefined) {
      return { kind: ageMs > goneForSureAfterMs ? 'dead' : 'stale', why: 'its process is gone' }
    }
  }
  return ageMs > staleAfterMs ? { kind: 'stale', why: 'it was not refreshed' } : { kind: 'alive' }
}

/** Since it was refreshed, in milliseconds; negative by a clock that is behind. */
export function ageOf(lock: Lock, now: Date): number {
  return Number((nsOfDate(now) - lock.timeNs) / 1_000_000n)
}

/** And not our own lock. */
function isOfOwnLease({ lease, program }: Lock, here: Locking, own: string | undefined): boolean {
  if (lease === undefined || here.lease === undefined) return false
  return nameOf(lease) === nameOf(here.lease) && (program === undefined || program !== own)
}

/**
 * Whether a later holder has its lease now: its fence is closed then, wherever it runs. It still has the time of two refreshes, since two copies
 * of a database count by themselves.
 */
function isSuperseded({ lease }: Lock, here: Locking): boolean {
  const [theirs, ours] = [tokenOf(lease), tokenOf(here.lease)]
  return theirs !== undefined && ours !== undefined && theirs < ours
}

function nameOf(lease: string): string {
  return lease.replace(/#\d+$/, '')
}

function tokenOf(lease: string | undefined): number | undefined {
  const digits = /#(\d+)$/.exec(lease ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/**
 * Whether its process, if it lived, would be in the table that we look into. Where host names are equal this is not enough: two
 * containers may be called alike, and each has a process 1.
 */
function isSeen({ program }: Lock, own: string | undefined): boolean {
  return program !== undefined && own !== undefined && sawEachOther(program, own)
}
