import { fstatSync, linkSync, lstatSync } from 'node:fs'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { joinRaw, type RawPath, shownPath } from '../files/raw-path.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { TreeNode } from '../trees/node.ts'
import { entryProblem } from './entry-problem.ts'
import { compareFiles, verifyFiles } from './file-messages.ts'
import type { HeldFolders } from './held-folders.ts'
import { clearPlace } from './place-entries.ts'
import { makeFilePlan, metadataOf, type PlannedFile } from './plan-files.ts'
import type { RegionMemory } from './region-memory.ts'
import { removeUnfinished } from './remove-unfinished.ts'
import type { RestoreRequest } from './request.ts'
import type { RestoreThreads } from './restore-threads.ts'
import type { RestoreTally } from './tally.ts'
import type { TargetFolder } from './target-folder.ts'
import { writePlanned } from './write-planned.ts'

/** Files in one message that are read back. */
const verifiedTogether = 64

export interface RestoreBatchDeps {
  readonly repository: Repository
  readonly index: LoadedIndex
  readonly threads: RestoreThreads
  readonly folders: HeldFolders
  readonly memory: RegionMemory
  readonly mark: string
  /** Of the whole restore: only files with several names are in it. */
  readonly firstNames: Map<string, PlannedFile>
  readonly request: RestoreRequest
  /** Takes away what the snapshot does not have; `relative` as in `TargetFolder`. */
  readonly remove: (path: RawPath, relative: RawPath) => void
  readonly tally: RestoreTally
  readonly onEvent: OnRepositoryEvent
  readonly onProblem: (path: RawPath, message: string) => void
  readonly onAdvance: () => void
  readonly signal: AbortSignal
}

/** What of a tree is planned, and written together. */
export interface RestoreBatch {
  readonly files: number
  /** Of the files' content. */
  readonly bytes: number
  /** @param isThere whether something has that name already */
  add(path: RawPath, node: TreeNode, isThere: boolean): void
  /** All that is in the folder was added. */
  finish(folder: TargetFolder): void
  /** Writes all that was added. */
  write(): Promise<void>
  /** Takes away what was begun and is not whole. */
  abandon(): void
}

export function makeRestoreBatch(deps: RestoreBatchDeps): RestoreBatch {
  const { request, tally, threads, onProblem, firstNames, folders: held } = deps
  const overwrite = request.overwrite ?? 'always'
  const plan = makeFilePlan(deps.index)
  let bytes = 0
  const toCompare: PlannedFile[] = []
  const toVerify: PlannedFile[] = []
  const links: { readonly path: RawPath; readonly first: PlannedFile; readonly isThere: boolean }[] = []
  const folders: TargetFolder[] = []

  function tellEntry(path: RawPath, action: 'write' | 'keep', size: number): void {
    if (request.dryRun) deps.onEvent({ kind: 'entry', path: shownPath(path), action, bytes: size })
  }

  function isWhole(file: PlannedFile): void {
    tally.files++
    tally.bytes += file.size
    deps.onAdvance()
  }

  async function compare(): Promise<void> {
    await compareFiles(
      toCompare,
      overwrite,
      request.dryRun,
      threads,
      plan,
      (file, found) => {
        switch (found.kind) {
          case 'whole':
            file.state = 'done'
            tally.unchanged++
            isWhole(file)
            tellEntry(file.path, 'keep', file.size)
            return
          case 'left':
            file.state = 'left'
            tally.left++
            tellEntry(file.path, 'keep', file.size)
            return
          case 'other':
            if (found.present.length > 0) file.state = 'begun'
            plan.need(file, new Set(found.present))
        }
      },
      onProblem,
    )
  }

  async function verifySome(least: number): Promise<void> {
    while (toVerify.length > 0 && toVerify.length >= least)
      await verifyFiles(toVerify.splice(0, verifiedTogether), threads, plan, onProblem)
  }

  async function writeFiles(): Promise<void> {
    await writePlanned(plan, {
      repository: deps.repository,
      threads,
      memory: deps.memory,
      onWritten: (file) => {
        isWhole(file)
        if (request.verify) toVerify.push(file)
      },
      onProblem: (file, message) => {
        onProblem(file.path, message)
      },
      onFetched: (length) => {
        tally.fetchedBytes += length
      },
      meanwhile: () => verifySome(verifiedTogether),
      signal: deps.signal,
    })
    await verifySome(1)
    await threads.idle()
  }

  /** Only the first name of a file is written; the others become links to it. */
  function makeLinks(): void {
    for (const link of links) {
      attempt(link.path, () => {
        makeLink(link)
      })
    }
  }

  function makeLink({ path, first, isThere }: (typeof links)[number]): void {
    if (isThere && isSameFile(path, first.path, held)) {
      tally.files++
      tally.unchanged++
    } else if (first.state === 'done') {
      const entry = held.entry(path)
      clearPlace(entry)
      linkSync(held.entry(first.path), entry)
      tally.files++
    } else if (first.state !== 'left')
      onProblem(path, `is another name of ${shownPath(first.path)}, which could not be restored`)
  }

  /** Those below come first: what is done in a folder changes its times. */
  function finishFolder(folder: TargetFolder): void {
    const { path, node, made } = folder
    for (const name of folder.extra) {
      attempt(path, () => {
        const seen = folder.relative === '' ? name : joinRaw(folder.relative, name)
        deps.remove(joinRaw(path, name), seen)
      })
    }
    if (request.dryRun || node === undefined || (made === 'there before' && overwrite === 'never')) return
    attempt(path, () => {
      const fd = held.folder(path)
      const before = made === 'new' ? undefined : fstatSync(fd, { bigint: true })
      for (const problem of applyMetadata(fd, metadataOf(node), deps.repository.fileCalls, before))
        onProblem(path, problem)
    })
  }

  function attempt(path: RawPath, work: () => void): void {
    try {
      work()
    } catch (error) {
      onProblem(path, entryProblem(error))
    }
  }

  function tellPlanned(): void {
    for (const file of plan.files) {
      if (file.state !== 'planned') continue
      tellEntry(file.path, 'write', file.size)
      isWhole(file)
    }
    for (const { path } of links) {
      tellEntry(path, 'write', 0)
      tally.files++
    }
  }

  function addFile(path: RawPath, node: TreeNode, isThere: boolean): PlannedFile | undefined {
    const file = plan.add(path, node)
    if (file === undefined) {
      onProblem(path, 'its content is not in the repository')
      return undefined
    }
    bytes += file.size
    if (isThere && overwrite === 'never') {
      file.state = 'left'
      tally.left++
      tellEntry(path, 'keep', file.size)
    } else if (isThere) toCompare.push(file)
    else plan.need(file)
    return file
  }

  return {
    get files() {
      return plan.files.length
    },
    get bytes() {
      return bytes
    },
    add(path, node, isThere) {
      const identity = (node.links ?? 0) > 1 ? `${node.deviceId ?? 0n}:${node.inode ?? 0n}` : undefined
      const first = identity === undefined ? undefined : firstNames.get(identity)
      if (first === undefined) {
        const file = addFile(path, node, isThere)
        if (identity !== undefined && file !== undefined) firstNames.set(identity, file)
      } else if (isThere && overwrite === 'never') {
        tally.left++
        tellEntry(path, 'keep', 0)
      } else links.push({ path, first, isThere })
    },
    finish(folder) {
      if (folder.made !== 'not yet') folders.push(folder)
    },
    async write() {
      await compare()
      if (request.dryRun) tellPlanned()
      else {
        await writeFiles()
        makeLinks()
      }
      // Before the folders are finished, whose times it changes.
      removeUnfinished(plan, deps.mark, held)
      for (const folder of folders) finishFolder(folder)
      // Of files that may get further names later, only path and state are still of use.
      for (const file of plan.files) file.chunks = []
    },
    abandon() {
      removeUnfinished(plan, deps.mark, held)
    },
  }
}

function isSameFile(path: RawPath, other: RawPath, folders: HeldFolders): boolean {
  const [a, b] = [path, other].map((one) =>
    lstatSync(folders.entry(one), { bigint: true, throwIfNoEntry: false }),
  )
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino
}
