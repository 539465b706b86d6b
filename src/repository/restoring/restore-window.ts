import type { RawPath } from '../files/raw-path.ts'
import type { TreeNode } from '../trees/node.ts'
import { makeRegionMemory } from './region-memory.ts'
import { makeRestoreBatch, type RestoreBatchDeps } from './restore-batch.ts'
import type { TargetFolder } from './target-folder.ts'

/**
 * Files and content of one batch: memory is that of two, however large the tree is. Each part of a pack is read once for
 * a batch; the larger it is, the fewer are read again for others.
 */
const maxFiles = 8192
const maxBytes = 2 * 1024 ** 3

/** What of a tree is being planned, while what was planned before it is written. */
export interface RestoreWindow {
  readonly isFull: boolean
  /** @param isThere whether something has that name already */
  add(path: RawPath, node: TreeNode, isThere: boolean): void
  /** All that is in the folder was added. */
  finish(folder: TargetFolder): void
  /** Lets all that was added be written, as soon as all before it is, and begins anew. */
  advance(): Promise<void>
  /** Waits until all that was added is written. */
  write(): Promise<void>
  /** Waits until nothing is being written any more, be it done or not. */
  readonly settled: () => Promise<void>
  /** Takes away what was begun and is not whole. */
  readonly abandon: () => void
}

export function makeRestoreWindow(deps: Omit<RestoreBatchDeps, 'memory' | 'firstNames'>): RestoreWindow {
  const batchDeps: RestoreBatchDeps = { ...deps, memory: makeRegionMemory(), firstNames: new Map() }
  let planned = makeRestoreBatch(batchDeps)
  let before = planned
  let writing: Promise<void> = Promise.resolve()

  async function advance(): Promise<void> {
    await writing
    before = planned
    planned = makeRestoreBatch(batchDeps)
    writing = before.write()
    writing.catch(() => undefined) // Whoever waits for it next looks at it.
  }

  return {
    get isFull() {
      return planned.files >= maxFiles || planned.bytes >= maxBytes
    },
    add(path, node, isThere) {
      planned.add(path, node, isThere)
    },
    finish(folder) {
      planned.finish(folder)
    },
    advance,
    async write() {
      await advance()
      await writing
    },
    settled: async () => {
      await Promise.allSettled([writing])
    },
    abandon: () => {
      before.abandon()
      planned.abandon()
    },
  }
}
