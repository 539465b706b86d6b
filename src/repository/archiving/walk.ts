import { statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { type FileStatus, statusOf } from '../../crypto/file-status.ts'
import type { BlobIndex } from '../blob-index/blob-index.ts'
import { joinRaw, pathArgument, type RawPath } from '../files/raw-path.ts'
import type { ReadNode } from '../files/read-node.ts'
import type { BlobId } from '../ids.ts'
import { encodeNode } from '../trees/encode-tree.ts'
import { nodeTypeOf } from '../trees/file-mode.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { describeTrouble } from './archive-file.ts'
import type { FileArchiving } from './archive-files.ts'
import type { Exclusion } from './exclusion.ts'
import { beginFolder, type Folder, type Place } from './folder.ts'
import { makeFolderAssembly } from './folder-assembly.ts'
import type { FormerNode, FormerNodes } from './former-nodes.ts'
import { listEntries, readFormerNodes } from './read-folder.ts'
import type { RequestedPath } from './requested-paths.ts'
import { makeTakeOver } from './take-over.ts'
import type { Tally } from './tally.ts'
import { toldOf } from './told-of.ts'
import type { TreeStore } from './tree-store.ts'

const noPath = '' as RawPath
/** Folders are listed on the main thread, which must hear of finished work in between. */
const foldersPerTurn = 16

export interface WalkDeps {
  readonly exclusion: Exclusion
  readonly readNode: ReadNode
  readonly fileCalls: FileCalls
  readonly readTree: ReadTree
  readonly blobs: BlobIndex
  readonly files: FileArchiving
  readonly trees: TreeStore
  readonly tally: Tally
  readonly signal: AbortSignal
}

/**
 * Lists all that was asked for, gives files that are new or changed to be archived, and makes the trees. Returns the id of the
 * tree of `/`; `former` is that of the parent snapshot.
 */
export async function walk(
  requested: RequestedPath,
  former: BlobId | undefined,
  deps: WalkDeps,
): Promise<BlobId> {
  const { tally, files, trees, readNode } = deps
  const assembly = makeFolderAssembly(deps)
  const takeOver = makeTakeOver(deps)
  /** Folders to list, and what was asked for by name in them. The last comes first, which keeps the list short. */
  const toList: { readonly folder: Folder; readonly requested: RequestedPath | undefined }[] = []

  /** One entry of a folder: a folder to list, a file to read or to take over, or anything else, which is done at once. */
  function addEntry(
    place: Place,
    name: RawPath,
    former: FormerNodes,
    requested: RequestedPath | undefined,
  ): void {
    const path = joinRaw(place.folder.path, name)
    const isListed = place.folder.isWhole
    const stat = look(deps.fileCalls, path, isListed ? undefined : requested)
    if (typeof stat === 'string') {
      tally.problem(path, stat)
      assembly.fill(place, undefined)
      return
    }
    const type = nodeTypeOf(stat.mode)
    if (requested !== undefined && requested.children.size > 0 && type !== 'dir') {
      tally.problem(path, 'is no folder, so what was asked for is not in it')
    }
    const isAskedFor = requested?.whole === true
    const relative = isAskedFor || !isListed ? noPath : relativeOf(place.folder, name)
    const isLeftOut = isListed && !isAskedFor && isExcluded(deps.exclusion, path, relative, stat)
    if (isLeftOut && (requested === undefined || type !== 'dir')) assembly.fill(place, undefined)
    else if (type === 'dir') {
      const isWhole = isAskedFor || (isListed && !isLeftOut)
      const rootDevice = isAskedFor ? stat.device : place.folder.rootDevice
      const before = former.get(name)?.subtree
      const folder = beginFolder({ path, name, relative, isWhole, rootDevice, stat, former: before, place })
      toList.push({ folder, requested })
    } else if (type === 'file') addFile(place, name, path, stat, former.get(name))
    else if (type === 'socket' || type === 'irregular') assembly.fill(place, undefined)
    else
      assembly.fill(
        place,
        toldOf(tally, path, () => encodeNode(readNode(path, name, stat))),
      )
  }

  function addFile(
    place: Place,
    name: RawPath,
    path: RawPath,
    stat: FileStatus,
    before: FormerNode | undefined,
  ): void {
    const former = before === undefined ? undefined : takeOver(path, name, stat, before)
    if (former?.kind === 'unchanged') {
      assembly.fill(place, former.node)
      return
    }
    files.submit(path, stat.size, (file) => {
      if (file.problem !== undefined) tally.problem(path, file.problem)
      if (file.kind === 'stored') tally.countFile(before?.isFile === true ? 'changed' : 'new', file.size)
      assembly.fill(place, file.kind === 'stored' ? file.node : undefined)
    })
  }

  async function list(folder: Folder, requested: RequestedPath | undefined): Promise<void> {
    const former = await readFormerNodes(folder, deps)
    const listed = folder.isWhole ? listEntries(folder, deps) : []
    if (listed === undefined && requested === undefined) {
      assembly.abandon(folder)
      return
    }
    // What was asked for by its name is there, whatever the rules leave out around it.
    const names = [...new Set([...(listed ?? []), ...(requested?.children.keys() ?? [])])].sort(byBytes)
    folder.pending += names.length
    for (const [index, name] of names.entries()) {
      addEntry({ folder, index }, name, former, requested?.children.get(name))
    }
    assembly.listed(folder)
  }

  const root = '/' as RawPath
  const stat = deps.fileCalls.status('/')
  const rootFolder = beginFolder({
    path: root,
    name: root,
    relative: noPath,
    isWhole: requested.whole,
    rootDevice: stat.device,
    stat,
    former,
    place: undefined,
  })
  toList.push({ folder: rootFolder, requested })
  for (let listed = 0, next = toList.pop(); next !== undefined; next = toList.pop()) {
    await list(next.folder, next.requested)
    await files.room()
    await trees.room()
    if (++listed % foldersPerTurn === 0) await nextTurn()
    deps.signal.throwIfAborted()
  }
  await files.finish()
  return Promise.race([assembly.rootTree, files.failure])
}

/** Of folders on the way to what was asked for, links are followed: there must be a folder. */
function look(calls: FileCalls, path: RawPath, requested: RequestedPath | undefined): FileStatus | string {
  try {
    if (requested === undefined || requested.whole) return calls.status(path)
    const stat = statSync(pathArgument(path), { bigint: true })
    return stat.isDirectory() ? statusOf(stat) : 'is no folder, so what was asked for is not in it'
  } catch (error) {
    return describeTrouble(error)
  }
}

function isExcluded(exclusion: Exclusion, path: RawPath, relative: RawPath, stat: FileStatus): boolean {
  const type = nodeTypeOf(stat.mode)
  return (
    exclusion.excludesPath(path, relative, type === 'dir') ||
    (type === 'file' && exclusion.excludesSize(stat.size))
  )
}

function relativeOf(folder: Folder, name: RawPath): RawPath {
  return folder.relative === '' ? name : joinRaw(folder.relative, name)
}

/** Raw paths hold one character a byte, so this is the order of bytes. */
function byBytes(a: RawPath, b: RawPath): number {
  return a < b ? -1 : 1
}
