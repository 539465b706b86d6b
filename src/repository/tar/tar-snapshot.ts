import { loadIndex } from '../blob-index/load-index.ts'
import { findNode, namesOf } from '../browsing/find-node.ts'
import { readWhatIsWhole } from '../browsing/read-in-order.ts'
import { joinPath, type TreeEntry, textOfPath } from '../browsing/tree-entry.ts'
import { type OnDamagedFolder, walkTree } from '../browsing/walk-tree.ts'
import type { FileProblem, Repository } from '../repository.ts'
import type { Snapshot } from '../snapshots/snapshot.ts'
import { makeReadTree, type ReadTree } from '../trees/read-tree.ts'
import { tarContent } from './tar-content.ts'
import { tarEntries } from './tar-entries.ts'
import { blockBytes } from './tar-header.ts'

/** As tar(1) ends what it writes: by whole records. */
const recordBytes = 20 * blockBytes

/**
 * A snapshot, or what is in a folder of it, as a pax stream: links, devices, attributes, owners and times to the nanosecond. Names are
 * seen from the folder. What a tar cannot hold is left out, and told. So is what is lost or damaged, but for the rest of large files,
 * which have zeros in its place: whatever it lacks, the tar can be read to its end.
 *
 * @param path absolute; a folder, or one entry
 * @throws RedomaError `NOT_FOUND`; `REPOSITORY_DAMAGED` when an index, or a folder on the way there, cannot be read; and those of the
 * destination: what was given until then is no whole tar
 */
export async function* tarSnapshot(
  repository: Repository,
  snapshot: Snapshot,
  path: string,
  onProblem: (problem: FileProblem) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const index = await loadIndex(repository, signal)
  const onDamaged: OnDamagedFolder = (folder, { message }) => {
    onProblem({ path: textOfPath(folder) || '/', message: `something in it is left out: ${message}` })
  }
  const entries = entriesAt(makeReadTree(repository, index), snapshot, path, onDamaged, signal)
  const wanted = tarEntries(index, entries, onProblem)
  let written = 0
  for await (const part of tarContent(readWhatIsWhole(repository, index, wanted, signal), onProblem)) {
    written += part.length
    yield part
  }
  const end = 2 * blockBytes
  yield new Uint8Array(end + ((recordBytes - ((written + end) % recordBytes)) % recordBytes))
}

/** Names from the folder at `path`. */
async function* entriesAt(
  readTree: ReadTree,
  snapshot: Snapshot,
  path: string,
  onDamaged: OnDamagedFolder,
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
  if (tree !== undefined) yield* walkTree(readTree, tree, new Uint8Array(0), signal, onDamaged)
  else if (node !== undefined) yield { path: joinPath(new Uint8Array(0), node.name), node }
}
