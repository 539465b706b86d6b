import { readdirSync } from 'node:fs'
import { isDamage } from '../damage.ts'
import { pathArgument, type RawPath } from '../files/raw-path.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import type { Exclusion } from './exclusion.ts'
import type { Folder } from './folder.ts'
import { type FormerNodes, formerNodes, noFormerNodes } from './former-nodes.ts'
import type { Tally } from './tally.ts'
import { toldOf } from './told-of.ts'

export interface FolderDeps {
  readonly exclusion: Exclusion
  readonly readTree: ReadTree
  readonly tally: Tally
  readonly signal: AbortSignal
}

/** What is in a folder, but for what the rules leave out; `undefined` where it cannot be listed. */
export function listEntries(folder: Folder, { exclusion, tally }: FolderDeps): RawPath[] | undefined {
  if (exclusion.excludesFileSystem(folder.stat.device, folder.rootDevice)) return []
  return toldOf(tally, folder.path, () => {
    const names = readdirSync(pathArgument(folder.path), 'latin1') as RawPath[]
    if (!exclusion.excludesContent(folder.path, names)) return names
    return names.filter((name) => name === 'CACHEDIR.TAG')
  })
}

/** What the parent snapshot says of the entries of a folder. */
export async function readFormerNodes(
  folder: Folder,
  { readTree, tally, signal }: FolderDeps,
): Promise<FormerNodes> {
  if (folder.former === undefined) return noFormerNodes
  try {
    const nodes = formerNodes(await readTree(folder.former, signal))
    folder.isFormerRead = true
    return nodes
  } catch (error) {
    // What the parent lost is read anew: a damaged snapshot must not keep the next from being made.
    if (!isDamage(error)) throw error
    tally.lostListing()
    return noFormerNodes
  }
}
