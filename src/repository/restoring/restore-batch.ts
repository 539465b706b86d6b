import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type RawPath, shownPath } from '../files/raw-path.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { TreeNode } from '../trees/node.ts'
import { sharedIdentity } from '../trees/shared-identity.ts'
import { attempt } from './entry-problem.ts'
import { compareFiles } from './file-messages.ts'
import { type FinishFolderDeps, finishFolder } from './finish-folder.ts'
import { type HardLink, makeLink } from './hard-links.ts'
import { makeFilePlan, type PlannedFile } from './plan-files.ts'
import { makeReadBack, verifiedTogether } from './read-back.ts'
import type { RegionMemory } from './region-memory.ts'
import { removeUnfinished } from './remove-unfinished.ts'
import type { RestoreThreads } from './restore-threads.ts'
import type { RestoreTally } from './tally.ts'
import type { TargetFolder } from './target-folder.ts'
import { writePlanned } from './write-planned.ts'

export interface RestoreBatchDeps extends FinishFolderDeps {
  readonly repository: Repository
  readonly index: LoadedIndex
  readonly threads: RestoreThreads
  readonly memory: RegionMemory
  readonly mark: string
  /** Of the whole restore, by `sharedIdentity`: only files with several names are in it. */
  readonly firstNames: Map<string, PlannedFile>
  readonly tally: RestoreTally
  readonly onEvent: OnRepositoryEvent
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
  const readBack = makeReadBack(plan, threads, onProblem)
  const links: HardLink[] = []
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

  async function writeFiles(): Promise<void> {
    await writePlanned(plan, {
      repository: deps.repository,
      threads,
      memory: deps.memory,
      onWritten: (file) => {
        isWhole(file)
        if (request.verify) readBack.add(file)
      },
      onProblem: (file, message) => {
        onProblem(file.path, message)
      },
      onFetched: (length) => {
        tally.fetchedBytes += length
      },
      meanwhile: () => readBack.start(verifiedTogether),
      signal: deps.signal,
    })
    await readBack.start(1)
    await threads.idle()
  }

  /** Only the first name of a file is written; the others become links to it. */
  function makeLinks(): void {
    for (const link of links) {
      attempt(link.path, onProblem, () => {
        const outcome = makeLink(link, held)
        if (typeof outcome === 'object') onProblem(link.path, outcome.problem)
        else if (outcome !== 'left') tally.files++
        if (outcome === 'unchanged') tally.unchanged++
      })
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
      const identity = sharedIdentity(node)
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
      for (const folder of folders) finishFolder(folder, deps)
      // Of files that may get further names later, only path and state are still of use.
      for (const file of plan.files) file.chunks = []
    },
    abandon() {
      removeUnfinished(plan, deps.mark, held)
    },
  }
}
