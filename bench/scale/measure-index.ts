import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { initRepository } from '../../src/repository/open.ts'
import { placeAt } from '../../test/support/repositories.ts'
import { writeIndexes } from '../../test/support/write-indexes.ts'
import type { Bench } from '../peers/measure.ts'

const program = join(import.meta.dirname, '../../test/support/load-index.ts')

/** What it takes to open a repository of so many blobs, and to load its index, which nearly every command does first. */
export async function measureIndex(within: Bench, blobs: number): Promise<string[]> {
  const signal = new AbortController().signal
  const path = join(within.path, 'index')
  mkdirSync(path)
  await writeIndexes(await initRepository(placeAt(path), signal), blobs, signal)
  const { seconds, peakMiB } = within.measure([process.execPath, program, path])
  rmSync(path, { recursive: true })
  const bytesPerBlob = (peakMiB * 1024 ** 2) / blobs
  return [String(blobs), seconds.toFixed(2), peakMiB.toFixed(0), bytesPerBlob.toFixed(0)]
}
