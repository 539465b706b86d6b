import { readdirSync, statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { type FileStatus, nanosecondsOf, statusOf } from '../../crypto/file-status.ts'
import type { BlobIndex } from '../blob-index/blob-index.ts'
import { isDamage } from '../damage.ts'
import { joinRaw, pathArgument, type RawPath } from '../files/raw-path.ts'
import type { ReadNode } from '../files/read-node.ts'
import type { BlobId } from '../ids.ts'
import { encodeBeginning, encodeNode, joinNodes, withContent } from '../trees/encode-tree.ts'
import { nodeTypeOf } from '../trees/file-mode.ts'
import type { ReadTree } from '../trees/read-tree.ts'
import { everyId } from '../trees/scan-tree.ts'
import { describeTrouble } from './archive-file.ts'
import type { FileArchiving } from './archive-files.ts'
import { type Exclusion } from './exclusion.ts'
import { beginFolder, type Folder, type Place } from './folder.ts'
import { type FormerNode, type FormerNodes, formerNodes, noFormerNodes } from './former-nodes.ts'
import type { ArchivedFile } from './messages.ts'
import type { RequestedPath } from './requested-paths.ts'
import type { Tally } from './tally.ts'
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
  const { tally, files, trees } = deps
  const { promise: rootTree, resolve } = Promise.withResolvers<BlobId>()
  /** Folders to list, and what was asked for by name in them. The last comes first, which keeps the list short. */
  const toList: { readonly folder: Folder; readonly requested: RequestedPath | undefined }[] = []

  function fill(place: Place, node: string | undefined): void {
    place.folder.nodes[place.index] = node
    oneLess(place.folder)
  }

  function oneLess(folder: Folder): void {
    folder.pending--
    if (folder.pending === 0) complete(folder)
  }

  function complete(folder: Folder): void {
    const nodes = folder.nodes.filter((node) => node !== undefined)
    const subtree = trees.store(joinNodes(nodes), folder.isFormerRead ? folder.former : undefined)
    tally.countFolder(folder.former, subtree)
    if (folder.place === undefined) resolve(subtree)
    else fill(folder.place, encodeFolder(folder, subtree))
  }

  function encodeFolder(folder: Folder, subtree: BlobId): string | undefined {
    try {
      return encodeNode({ ...deps.readNode(folder.path, folder.name, folder.stat), subtree })
    } catch (error) {
      tally.problem(folder.path, describeTrouble(error))
      return undefined
    }
  }

  /** One entry of a folder: a folder to list, a file to read or to take over, or anything else, which is done at once. */
  function addEntry(
    place: Place,
    name: RawPath,
    former: FormerNodes,
    requested: RequestedPath | undefined,
  ): void {
    const path = joinRaw(place.folder.path, name)
    const stat = look(deps.fileCalls, path, place.folder.isWhole ? undefined : requested)
    if (typeof stat === 'string') {
      tally.problem(path, stat)
      fill(place, undefined)
      return
    }
    const type = nodeTypeOf(stat.mode)
    const isListed = place.folder.isWhole
    if (requested !== undefined && requested.children.size > 0 && type !== 'dir') {
      tally.problem(path, 'is no folder, so what was asked for is not in it')
    }
    const relative = requested?.whole === true || !isListed ? noPath : relativeOf(place.folder, name)
    const before = former.get(name)
    const isLeftOut = isListed && requested?.whole !== true && isExcluded(relative, type === 'dir', stat)
    if (isLeftOut && (requested === undefined || type !== 'dir')) fill(place, undefined)
    else if (type === 'dir') {
      const isWhole = requested?.whole === true || (isListed && !isLeftOut)
      addFolder(place, name, path, relative, stat, before, requested, isWhole)
    } else if (type === 'file') addFile(place, name, path, stat, before)
    else if (type === 'socket' || type === 'irregular') fill(place, undefined)
    else fill(place, encodeOther(path, name, stat))
  }

  function isExcluded(relative: RawPath, isFolder: boolean, stat: FileStatus): boolean {
    if (deps.exclusion.excludesPath(relative, isFolder)) return true
    return nodeTypeOf(stat.mode) === 'file' && deps.exclusion.excludesSize(stat.size)
  }

  function addFolder(
    place: Place,
    name: RawPath,
    path: RawPath,
    relative: RawPath,
    stat: FileStatus,
    before: FormerNode | undefined,
    requested: RequestedPath | undefined,
    isWhole: boolean,
  ): void {
    const rootDevice = requested?.whole === true ? stat.device : place.folder.rootDevice
    const former = before?.subtree
    const folder = beginFolder({ path, name, relative, isWhole, rootDevice, stat, former, place })
    toList.push({ folder, requested })
  }

  function addFile(
    place: Place,
    name: RawPath,
    path: RawPath,
    stat: FileStatus,
    before: FormerNode | undefined,
  ): void {
    if (before !== undefined && takeOver(place, name, path, stat, before)) return
    files.submit(path, stat.size, (file) => {
      takeFile(place, path, before, file)
    })
  }

  /** A file that has not changed keeps its content, if all of that is really there. False when it must be read. */
  function takeOver(
    place: Place,
    name: RawPath,
    path: RawPath,
    stat: FileStatus,
    before: FormerNode,
  ): boolean {
    if (!before.isFile || !everyId(before.content, (id) => deps.blobs.has('data', id))) return false
    const { size } = stat
    const isSame = before.isAsBefore(deps.readNode.encodeStatus(name, stat))
    if (!isSame && !isUnchanged(before, stat)) return false
    const beginning = isSame ? before.beginning : beginningOf(path, name, stat, size)
    if (beginning === undefined) fill(place, undefined)
    else {
      fill(place, withContent(beginning, before.content))
      tally.countFile('unmodified', size)
    }
    return true
  }

  function beginningOf(path: RawPath, name: RawPath, stat: FileStatus, size: number): string | undefined {
    try {
      return encodeBeginning({ ...deps.readNode(path, name, stat), size })
    } catch (error) {
      tally.problem(path, describeTrouble(error))
      return undefined
    }
  }

  function takeFile(place: Place, path: RawPath, before: FormerNode | undefined, file: ArchivedFile): void {
    if (file.problem !== undefined) tally.problem(path, file.problem)
    if (file.kind === 'stored') tally.countFile(before?.isFile === true ? 'changed' : 'new', file.size)
    fill(place, file.kind === 'stored' ? file.node : undefined)
  }

  function encodeOther(path: RawPath, name: RawPath, stat: FileStatus): string | undefined {
    try {
      return encodeNode(deps.readNode(path, name, stat))
    } catch (error) {
      tally.problem(path, describeTrouble(error))
      return undefined
    }
  }

  async function list(folder: Folder, requested: RequestedPath | undefined): Promise<void> {
    const former = await formerNodesOf(folder)
    const listed = folder.isWhole ? entriesOf(folder) : []
    if (listed === undefined && requested === undefined) {
      abandon(folder)
      return
    }
    // What was asked for by its name is there, whatever the rules leave out around it.
    const names = [...new Set([...(listed ?? []), ...(requested?.children.keys() ?? [])])].sort(byBytes)
    folder.pending += names.length
    for (const [index, name] of names.entries()) {
      addEntry({ folder, index }, name, former, requested?.children.get(name))
    }
    oneLess(folder)
  }

  /** A folder that cannot be listed is left out of the tree above it. */
  function abandon(folder: Folder): void {
    if (folder.place === undefined) oneLess(folder)
    else fill(folder.place, undefined)
  }

  function entriesOf(folder: Folder): RawPath[] | undefined {
    if (deps.exclusion.excludesFileSystem(folder.stat.device, folder.rootDevice)) return []
    try {
      const names = readdirSync(pathArgument(folder.path), 'latin1') as RawPath[]
      if (!deps.exclusion.excludesContent(folder.path, names)) return names
      return names.filter((name) => name === 'CACHEDIR.TAG')
    } catch (error) {
      tally.problem(folder.path, describeTrouble(error))
      return undefined
    }
  }

  async function formerNodesOf(folder: Folder): Promise<FormerNodes> {
    if (folder.former === undefined) return noFormerNodes
    try {
      const nodes = formerNodes(await deps.readTree(folder.former, deps.signal))
      folder.isFormerRead = true
      return nodes
    } catch (error) {
      // What the parent lost is read anew: a damaged snapshot must not keep the next from being made.
      if (!isDamage(error)) throw error
      tally.lostListing()
      return noFormerNodes
    }
  }

  const root = '/' as RawPath
  const stat = deps.fileCalls.status('/')
  const rootFolder = beginFolder({
    path: root,
    name: root,
    relative: '' as RawPath,
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
  return Promise.race([rootTree, files.failure])
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

function relativeOf(folder: Folder, name: RawPath): RawPath {
  return folder.relative === '' ? name : joinRaw(folder.relative, name)
}

/** Raw paths hold one character a byte, so this is the order of bytes. */
function byBytes(a: RawPath, b: RawPath): number {
  return a < b ? -1 : 1
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
