import { createHash } from 'node:crypto'
import { RedomaError } from '../../src/core/errors.ts'
import { type LoadedIndex, loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { listTree } from '../../src/repository/browsing/list-tree.ts'
import { type BlobId, idToBytes, parseObjectId } from '../../src/repository/ids.ts'
import { readObject, readUnpacked } from '../../src/repository/objects.ts'
import { openBlob } from '../../src/repository/packs/open-blob.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { decodeSnapshot } from '../../src/repository/snapshots/decode-snapshot.ts'
import { permissionsOf, unixTypeBitsOf } from '../../src/repository/trees/file-mode.ts'
import type { TreeNode } from '../../src/repository/trees/node.ts'
import type { TreeDescription } from './compare-trees.ts'

const { signal } = new AbortController()

/**
 * What a restore of a snapshot's first path would bring, every chunk read and verified: in the words of `describeTree`, and
 * without the threads and files of a restore, so that a test can do it thousands of times.
 */
export async function describeSnapshot(repository: Repository, snapshotId: string): Promise<TreeDescription> {
  const snapshot = decodeSnapshot(
    await readUnpacked(repository, 'snapshots', parseObjectId(snapshotId), signal),
  )
  const index = await loadIndex(repository, signal)
  const root = snapshot.paths[0] ?? '/'
  const entries = new Map<string, string>()
  const firstNames = new Map<bigint, string>()
  for await (const { path, node } of listTree(repository, snapshot, { path: '/', recursive: true }, signal)) {
    const name = Buffer.from(path).toString('latin1')
    if (name !== root && !name.startsWith(`${root}/`)) continue
    const inner = name.slice(root.length)
    const sameAs = sameNodeAs(firstNames, node, inner)
    entries.set(inner, `${await describeNode(repository, index, node)} same as ${JSON.stringify(sameAs)}`)
  }
  return entries
}

function sameNodeAs(firstNames: Map<bigint, string>, node: TreeNode, path: string): string {
  if ((node.links ?? 1) < 2 || node.inode === undefined) return path
  const sameAs = firstNames.get(node.inode) ?? path
  firstNames.set(node.inode, sameAs)
  return sameAs
}

async function describeNode(repository: Repository, index: LoadedIndex, node: TreeNode): Promise<string> {
  const mode = unixTypeBitsOf(node.type) + permissionsOf(node.mode)
  const attributes = (node.extendedAttributes ?? [])
    .map(({ name, value }) => `${name}=${Buffer.from(value ?? []).toString('hex')}`)
    .sort()
    .join(' ')
  const parts = [
    `mode ${mode.toString(8)}`,
    `owner ${node.uid}:${node.gid}`,
    `modified ${node.mtimeNs}`,
    `attributes ${attributes}`,
  ]
  if (node.type === 'file')
    parts.push(`size ${node.size ?? 0}`, `content ${await hashOf(repository, index, node.content ?? [])}`)
  if (node.linkTarget !== undefined) parts.push(`to ${Buffer.from(node.linkTarget).toString('latin1')}`)
  if (node.device !== undefined) parts.push(`device ${node.device}`)
  return parts.join(', ')
}

async function hashOf(
  repository: Repository,
  index: LoadedIndex,
  content: readonly BlobId[],
): Promise<string> {
  const hash = createHash('sha256')
  for (const id of content) hash.update(await readData(repository, index, id))
  return hash.digest('hex')
}

async function readData(repository: Repository, index: LoadedIndex, id: BlobId): Promise<Uint8Array> {
  const place = index.blobs.find('data', idToBytes(id))
  const pack = place === undefined ? undefined : index.packs[place.pack]
  if (place === undefined || pack === undefined) throw new RedomaError('REPOSITORY_DAMAGED', `no chunk ${id}`)
  const { offset, length } = place
  const stored = await readObject(repository, 'data', pack, { offset, length }, signal)
  return openBlob({ id, type: 'data', ...place }, stored, repository.envelope, repository.primitives)
}
