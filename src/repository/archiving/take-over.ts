import { type FileStatus, nanosecondsOf } from '../../crypto/file-status.ts'
import type { BlobIndex } from '../blob-index/blob-index.ts'
import type { RawPath } from '../files/raw-path.ts'
import type { ReadNode } from '../files/read-node.ts'
import { encodeBeginning, withContent } from '../trees/encode-tree.ts'
import { everyId } from '../trees/scan-tree.ts'
import type { FormerNode } from './former-nodes.ts'
import type { Tally } from './tally.ts'
import { toldOf } from './told-of.ts'

/** What a file of the parent snapshot is worth: its node as it is now, `undefined` where that failed; or the file has to be read. */
export type TakenOver =
  | { readonly kind: 'unchanged'; readonly node: string | undefined }
  | { readonly kind: 'to-be-read' }

export type TakeOver = (path: RawPath, name: RawPath, stat: FileStatus, before: FormerNode) => TakenOver

const toBeRead: TakenOver = { kind: 'to-be-read' }

/** A file that has not changed keeps its content, if all of that is really there. */
export function makeTakeOver({
  blobs,
  readNode,
  tally,
}: {
  readonly blobs: BlobIndex
  readonly readNode: ReadNode
  readonly tally: Tally
}): TakeOver {
  return (path, name, stat, before) => {
    if (!before.isFile || !everyId(before.content, (id) => blobs.has('data', id))) return toBeRead
    const isSame = before.isAsBefore(readNode.encodeStatus(name, stat))
    if (!isSame && !isUnchanged(before, stat)) return toBeRead
    const { size } = stat
    const beginning = isSame
      ? before.beginning
      : toldOf(tally, path, () => encodeBeginning({ ...readNode(path, name, stat), size }))
    if (beginning === undefined) return { kind: 'unchanged', node: undefined }
    tally.countFile('unmodified', size)
    return { kind: 'unchanged', node: withContent(beginning, before.content) }
  }
}

/** As restic decides it. */
function isUnchanged(former: FormerNode, stat: FileStatus): boolean {
  const before = former.decode()
  return (
    before?.type === 'file' &&
    before.mtimeNs === nanosecondsOf(stat.modified) &&
    before.ctimeNs === nanosecondsOf(stat.changed) &&
    (before.size ?? 0) === stat.size &&
    before.inode === BigInt(stat.inode)
  )
}
