import { RedomaError } from '../../core/errors.ts'
import { type LoadedIndex, loadIndex } from '../blob-index/load-index.ts'
import { findNode, namesOf } from '../browsing/find-node.ts'
import { placeOf, readInOrder, type Wanted } from '../browsing/read-in-order.ts'
import { joinPath, type TreeEntry, textOfPath } from '../browsing/tree-entry.ts'
import { walkTree } from '../browsing/walk-tree.ts'
import { envelopeOverhead } from '../envelope/envelope.ts'
import type { FileProblem, Repository } from '../repository.ts'
import type { Snapshot } from '../snapshots/snapshot.ts'
import { permissionsOf } from '../trees/file-mode.ts'
import type { TreeNode } from '../trees/node.ts'
import { makeReadTree, type ReadTree } from '../trees/read-tree.ts'
import { blockBytes, paddingOf, type TarEntry, type TarKind, tarHeader } from './tar-header.ts'

/** As tar(1) ends what it writes: by whole records. */
const recordBytes = 20 * blockBytes

/**
 * A snapshot, or what is in a folder of it, as a pax stream: links, devices, attributes, owners and times to the nanosecond. Names are
 * seen from the folder. What a tar cannot hold is left out, and told.
 *
 * @param path absolute; a folder, or one entry
 * @throws RedomaError `NOT_FOUND`, `REPOSITORY_DAMAGED`, and those of the destination: what was given until then is no whole tar
 */
export async function* tarSnapshot(
  repository: Repository,
  snapshot: Snapshot,
  path: string,
  onProblem: (problem: FileProblem) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const index = await loadIndex(repository, signal)
  const entries = entriesAt(makeReadTree(repository, index), snapshot, path, signal)
  let written = 0
  let missing = 0
  for await (const { item, content } of readInOrder(
    repository,
    index,
    wantedOf(index, entries, onProblem),
    signal,
  )) {
    const part = content ?? Buffer.concat([new Uint8Array(paddingOf(written)), tarHeader(item)])
    missing = (content === undefined ? item.size : missing) - (content?.length ?? 0)
    if (missing < 0) throw new RedomaError('REPOSITORY_DAMAGED', 'a file is longer than the index says')
    written += part.length
    yield part
  }
  const end = paddingOf(written) + 2 * blockBytes
  yield new Uint8Array(end + ((recordBytes - ((written + end) % recordBytes)) % recordBytes))
}

/** Names from the folder at `path`. */
async function* entriesAt(
  readTree: ReadTree,
  snapshot: Snapshot,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<TreeEntry> {
  const names = namesOf(Buffer.from(path))
  const node = await findNode(
    readTree,
    snapshot.tree,
    names.reduce<Uint8Array>(joinPath, new Uint8Array(0)),
    signal,
  )
  const tree = node === undefined ? snapshot.tree : node.subtree
  if (tree !== undefined) yield* walkTree(readTree, tree, new Uint8Array(0), signal)
  else if (node !== undefined) yield { path: joinPath(new Uint8Array(0), node.name), node }
}

/** Of each entry first what becomes its header, then each of its blobs. */
async function* wantedOf(
  index: LoadedIndex,
  entries: AsyncIterable<TreeEntry>,
  onProblem: (problem: FileProblem) => void,
): AsyncGenerator<Wanted<TarEntry>> {
  const firstNames = new Map<string, Uint8Array>()
  for await (const { path, node } of entries) {
    const kind = kindOf(node)
    if (kind === undefined) {
      onProblem({ path: textOfPath(path), message: `a tar has no place for a ${node.type}` })
      continue
    }
    const name = path.subarray(1)
    const identity = identityOf(node)
    const first = identity === undefined ? undefined : firstNames.get(identity)
    if (first !== undefined) {
      yield { item: { ...entryOf(name, 'hardlink', node), linkName: first } }
      continue
    }
    if (identity !== undefined) firstNames.set(identity, name)
    const content = kind === 'file' ? (node.content ?? []) : []
    const item = {
      ...entryOf(name, kind, node),
      size: content.reduce((sum, id) => sum + lengthOf(index, id), 0),
    }
    yield { item }
    for (const blob of content) yield { item, blob }
  }
}

function kindOf({ type }: TreeNode): TarKind | undefined {
  return type === 'socket' || type === 'irregular' ? undefined : type
}

/** Of a file with several names. Its content is part of it: inode numbers are used again while a backup runs. */
function identityOf(node: TreeNode): string | undefined {
  if ((node.links ?? 0) <= 1 || node.type === 'dir') return undefined
  return [node.deviceId, node.inode, node.type, node.content?.[0], node.content?.length, node.size].join(':')
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

function lengthOf(index: LoadedIndex, id: Parameters<typeof placeOf>[1]): number {
  const { length, uncompressedLength } = placeOf(index, id)
  return uncompressedLength > 0 ? uncompressedLength : length - envelopeOverhead
}
