import { RedomaError } from '../../core/errors.ts'
import { loadIndex } from '../blob-index/load-index.ts'
import type { BlobId } from '../ids.ts'
import type { Repository } from '../repository.ts'
import type { Snapshot } from '../snapshots/snapshot.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { findNode } from './find-node.ts'
import { readInOrder, type Wanted } from './read-in-order.ts'

/**
 * The content of a file of a snapshot, each piece verified before it is given.
 *
 * @param path absolute
 * @throws RedomaError `NOT_FOUND`, `USAGE` when it is no file, `REPOSITORY_DAMAGED`, and those of the destination
 */
export async function* readFileContent(
  repository: Repository,
  snapshot: Snapshot,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const index = await loadIndex(repository, signal)
  const node = await findNode(makeReadTree(repository, index), snapshot.tree, Buffer.from(path), signal)
  if (node?.type !== 'file') {
    throw new RedomaError(
      'USAGE',
      `${path} is not a file but ${node === undefined ? 'a folder' : nouns[node.type]}`,
    )
  }
  for await (const { content } of readInOrder(repository, index, blobsOf(node.content ?? []), signal)) {
    if (content !== undefined) yield content
  }
}

const nouns = {
  dir: 'a folder',
  symlink: 'a symbolic link',
  dev: 'a device',
  chardev: 'a device',
  fifo: 'a pipe',
  socket: 'a socket',
  irregular: 'of no known kind',
} as const

async function* blobsOf(content: readonly BlobId[]): AsyncGenerator<Wanted<undefined>> {
  for (const blob of content) yield { item: undefined, blob }
}
