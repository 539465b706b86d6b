import type { FileProblem } from '../repository/repository.ts'
import type { DamagedSnapshot } from '../repository/snapshots/list-snapshots.ts'

/** That work went on without a snapshot that is damaged, and the way out. */
export function leftOut({ id }: DamagedSnapshot): FileProblem {
  return {
    path: `snapshots/${id}`,
    message: 'this snapshot is damaged, and left out. See: redoma backup repair snapshots --dry-run',
  }
}
