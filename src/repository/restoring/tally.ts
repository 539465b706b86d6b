import type { RestoreResult } from './request.ts'

/** What a restore has done so far. */
export type RestoreTally = { -readonly [K in keyof Omit<RestoreResult, 'problems'>]: RestoreResult[K] }

export function newTally(): RestoreTally {
  return { files: 0, bytes: 0, unchanged: 0, left: 0, deleted: 0, fetchedBytes: 0 }
}
