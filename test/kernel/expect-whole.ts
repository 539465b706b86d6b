import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import type { ObjectName } from '../../src/ports/destination.ts'
import { openRepository } from '../../src/repository/open.ts'
import { compareDescriptions, describeTree } from '../support/compare-trees.ts'
import { describeSnapshot } from '../support/describe-snapshot.ts'
import { placeOf } from '../support/repositories.ts'

/** On the disk of a server: every object is what its name says, and none is missing that was said to be there. */
export async function expectWhole(folder: string, durable: readonly ObjectName[]): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
  for (const { name, parentPath } of files) {
    const bytes = await readFile(join(parentPath, name))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(name)
  }
  const there = new Set(files.map(({ name }) => name))
  expect(durable.filter((name) => !there.has(name.slice(name.lastIndexOf('/') + 1)))).toEqual([])
}

/** A restore from the disk of the server would bring back the source as it is. */
export async function expectRestorable(
  folder: string,
  {
    prefix,
    snapshotId,
    source,
  }: { readonly prefix: string; readonly snapshotId: string; readonly source: string },
): Promise<void> {
  const clock = { now: () => new Date() }
  using repository = await openRepository(
    { ...placeOf(localDestination(folder, clock)), prefix },
    new AbortController().signal,
  )
  const described = await describeSnapshot(repository, snapshotId)
  expect(compareDescriptions(describeTree(source), described)).toEqual([])
}
