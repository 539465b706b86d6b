import type { LoadedIndex } from '../blob-index/load-index.ts'
import type { Wanted } from '../browsing/read-in-order.ts'
import { type TreeEntry, textOfPath } from '../browsing/tree-entry.ts'
import { type BlobId, idToBytes } from '../ids.ts'
import { contentLengthOf } from '../packs/packed-blob.ts'
import type { FileProblem } from '../repository.ts'
import { permissionsOf } from '../trees/file-mode.ts'
import type { TreeNode } from '../trees/node.ts'
import { sharedIdentity } from '../trees/shared-identity.ts'
import type { TarEntry, TarKind } from './tar-header.ts'

/** What comes into a tar, and what has become of it there. */
export interface TarItem {
  readonly entry: TarEntry
  /** For people. */
  readonly path: string
  /** Of each of its chunks, in bytes. */
  readonly lengths: readonly number[]
  /** Of a further name: what it is a link to. */
  readonly first?: TarItem | undefined
  /** Until something else is found; of a `broken` one, a part is zeros. */
  state: 'whole' | 'broken' | 'left out'
}

/** Of each entry first what becomes its header, then each of its blobs. What a tar cannot hold, and a file that lacks content, is told. */
export async function* tarEntries(
  index: LoadedIndex,
  entries: AsyncIterable<TreeEntry>,
  onProblem: (problem: FileProblem) => void,
): AsyncGenerator<Wanted<TarItem>> {
  const firstNames = new Map<string, TarItem>()
  for await (const { path: rawPath, node } of entries) {
    const path = textOfPath(rawPath)
    const name = rawPath.subarray(1)
    const kind = kindOf(node)
    if (kind === undefined) {
      onProblem({ path, message: `a tar has no place for a ${node.type}` })
      continue
    }
    if (kind === 'dir' && node.subtree === undefined) onProblem({ path, message: 'its content is not named' })
    const identity = sharedIdentity(node)
    const first = identity === undefined ? undefined : firstNames.get(identity)
    if (first !== undefined) {
      const entry = { ...entryOf(name, 'hardlink', node), linkName: first.entry.name }
      yield { item: { entry, path, lengths: [], first, state: 'whole' } }
      continue
    }
    const content = kind === 'file' ? node.content : []
    const lengths = content === undefined ? undefined : lengthsOf(index, content)
    // A header says how long the content is, and cannot be taken back.
    if (content === undefined || lengths === undefined) {
      onProblem({ path, message: 'its content is not in the repository; the file is left out' })
      continue
    }
    const size = lengths.reduce((sum, length) => sum + length, 0)
    const item: TarItem = { entry: { ...entryOf(name, kind, node), size }, path, lengths, state: 'whole' }
    if (identity !== undefined) firstNames.set(identity, item)
    yield { item }
    for (const blob of content) yield { item, blob }
  }
}

function kindOf({ type }: TreeNode): TarKind | undefined {
  return type === 'socket' || type === 'irregular' ? undefined : type
}

function entryOf(name: Uint8Array, kind: TarKind, node: TreeNode): TarEntry {
  return {
    name: kind === 'dir' ? Buffer.concat([name, Buffer.from('/')]) : name,
    kind,
    permissions: permissionsOf(node.mode),
    uid: node.uid,
    gid: node.gid,
    user: node.user ?? '',
    group: node.group ?? '',
    size: 0,
    mtimeNs: node.mtimeNs,
    linkName: kind === 'symlink' ? (node.linkTarget ?? new Uint8Array(0)) : undefined,
    device: node.device,
    extendedAttributes: node.extendedAttributes ?? [],
  }
}

/** `undefined` where no index has one of them. */
function lengthsOf(index: LoadedIndex, content: readonly BlobId[]): number[] | undefined {
  const lengths = content.flatMap((id) => {
    const place = index.blobs.find('data', idToBytes(id))
    return place === undefined ? [] : [contentLengthOf({ ...place, id, type: 'data' })]
  })
  return lengths.length < content.length ? undefined : lengths
}
