import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ObjectName } from '../../ports/destination.ts'
import { pathOf } from './names.ts'
import { markAt, placeMark, removePaths } from './remove-paths.ts'
import type { Transfers } from './transfers.ts'

/** What is sent at once. Of one name it holds the last word only: a file, or its removal. */
export interface Batch {
  readonly number: number
  /** Of the objects that are put, in bytes. */
  bytes(): number
  isEmpty(): boolean
  /** What it does to the object: the path of its file, or that it goes. */
  find(name: ObjectName): { readonly path: string } | 'removed' | undefined
  /** Takes over a file. Returns how many bytes it replaces. */
  put(name: ObjectName, file: string, size: number): Promise<number>
  /** Returns how many bytes were to be put. */
  remove(name: ObjectName): Promise<number>
  /** Has what will send it begin. */
  expect(transfers: Transfers): Promise<void>
  /** Puts before removals: where one takes the place of another, there is one of them at every instant. */
  deliver(transfers: Transfers, signal: AbortSignal): Promise<void>
  names(): Iterable<ObjectName>
  dispose(): Promise<void>
}

/** @param folder at the destination, that objects lie in */
export function makeBatch(number: number, spool: string, folder: string): Batch {
  const [putRoot, removalRoot] = [join(spool, `put-${number}`), join(spool, `remove-${number}`)]
  const puts = new Map<ObjectName, number>()
  const removals = new Set<ObjectName>()
  const fileOf = (name: ObjectName): string => join(putRoot, pathOf(folder, name))

  return {
    number,
    bytes: () => puts.values().reduce((sum, size) => sum + size, 0),
    isEmpty: () => puts.size === 0 && removals.size === 0,
    find(name) {
      if (removals.has(name)) return 'removed'
      return puts.has(name) ? { path: fileOf(name) } : undefined
    },
    async put(name, file, size) {
      const path = fileOf(name)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await rename(file, path)
      const replaced = puts.get(name) ?? 0
      puts.set(name, size)
      removals.delete(name)
      return replaced
    },
    async remove(name) {
      const dropped = puts.get(name) ?? 0
      removals.add(name)
      if (puts.delete(name)) await rm(fileOf(name), { force: true })
      return dropped
    },
    async expect(transfers) {
      await mkdir(putRoot, { recursive: true, mode: 0o700 })
      transfers.expect({ kind: 'send', from: putRoot })
    },
    async deliver(transfers, signal) {
      const paths = (names: Iterable<ObjectName>): string[] =>
        Array.from(names, (name) => pathOf(folder, name))
      if (puts.size > 0) {
        await placeMark(putRoot, folder)
        await transfers.send(putRoot, [...paths(puts.keys()), markAt(folder)], signal)
      }
      if (removals.size > 0) await removePaths(transfers, removalRoot, folder, paths(removals), signal)
    },
    *names() {
      yield* puts.keys()
      yield* removals
    },
    async dispose() {
      for (const root of [putRoot, removalRoot]) await rm(root, { recursive: true, force: true })
    },
  }
}
