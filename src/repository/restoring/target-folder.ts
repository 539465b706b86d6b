import type { RawPath } from '../files/raw-path.ts'
import type { TreeNode } from '../trees/node.ts'

/** A folder of the target. It is made when the first thing in it is. */
export interface TargetFolder {
  readonly path: RawPath
  /** Seen from where the restore begins; empty there. */
  readonly relative: RawPath
  readonly node: TreeNode | undefined
  readonly parent: TargetFolder | undefined
  made: 'not yet' | 'new' | 'there before'
  /** Names in it before anything was restored; empty until it is made. */
  existing: ReadonlySet<RawPath>
  /** Names in it that the snapshot does not have, and that are to go. */
  extra: readonly RawPath[]
}
