import type { RawPath } from '../files/raw-path.ts'
import { describeTrouble } from './archive-file.ts'
import type { Tally } from './tally.ts'

/** What `read` gives; `undefined` where it fails, which is told: what one path lacks keeps nothing else from being backed up. */
export function toldOf<T>(tally: Tally, path: RawPath, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    tally.problem(path, describeTrouble(error))
    return undefined
  }
}
