import { createHash } from 'node:crypto'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { loadIndex } from '../../../src/repository/blob-index/load-index.ts'
import { readInOrder } from '../../../src/repository/browsing/read-in-order.ts'
import { textOfPath } from '../../../src/repository/browsing/tree-entry.ts'
import { walkTree } from '../../../src/repository/browsing/walk-tree.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import type { StoredSnapshot } from '../../../src/repository/snapshots/snapshot.ts'
import type { TreeNode } from '../../../src/repository/trees/node.ts'
import { makeReadTree } from '../../../src/repository/trees/read-tree.ts'
import { seededBytes } from '../../support/seeded-bytes.ts'
import type { Change } from './commands.ts'

const { signal } = new AbortController()

/** What is under a folder: by path, the type and content. */
export type Content = ReadonlyMap<string, string>

export function changeSource(source: string, { act, name, other, seed }: Change): void {
  const path = join(source, `name ${name}`)
  const from = join(source, `name ${other}`)
  const known = lstatSync(from, { throwIfNoEntry: false })
  if (path === from && (act === 'rename' || act === 'hard link')) return
  if (act === 'rename' && known === undefined) return
  if (act === 'hard link' && known?.isFile() !== true) return
  rmSync(path, { recursive: true, force: true })
  if (act === 'write') writeFileSync(path, seededBytes(seed, seed * 700))
  if (act === 'empty') writeFileSync(path, '')
  if (act === 'rename') renameSync(from, path)
  if (act === 'hard link') linkSync(from, path)
  if (act === 'symbolic link') symlinkSync(`to ${seed}`, path)
  if (act === 'folder') {
    mkdirSync(join(path, 'inner'), { recursive: true })
    writeFileSync(join(path, 'inner', `file ${seed}`), seededBytes(seed + 20, 900))
  }
}

export async function contentOfTree(
  repository: Repository,
  tree: StoredSnapshot['tree'],
  source: string,
): Promise<Content> {
  const index = await loadIndex(repository, signal)
  const content = new Map<string, string>()
  for await (const { path, node } of walkTree(makeReadTree(repository, index), tree, Buffer.of(), signal)) {
    const text = textOfPath(path)
    if (text.startsWith(`${source}/`)) content.set(text.slice(source.length), await described(node))
  }
  return content

  async function described(node: TreeNode): Promise<string> {
    if (node.type === 'symlink') return `link ${Buffer.from(node.linkTarget ?? []).toString()}`
    if (node.type !== 'file') return node.type
    const hash = createHash('sha256')
    for await (const piece of readInOrder(repository, index, wanted(node), signal))
      hash.update(piece.content ?? '')
    return `file ${hash.digest('hex')}`
  }
}

async function* wanted({
  content,
}: TreeNode): AsyncGenerator<{ item: undefined; blob: StoredSnapshot['tree'] }> {
  for (const blob of content ?? []) yield { item: undefined, blob }
}

export function contentOfFolder(root: string): Content {
  const content = new Map<string, string>()
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    content.set(path.slice(root.length), describeEntry(path, entry))
  }
  return content
}

function describeEntry(path: string, entry: { isDirectory(): boolean; isSymbolicLink(): boolean }): string {
  if (entry.isSymbolicLink()) return `link ${readlinkSync(path)}`
  if (entry.isDirectory()) return 'dir'
  return `file ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
}
