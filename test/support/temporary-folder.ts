import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type TemporaryFolder = AsyncDisposable & { readonly path: string }

/** A folder of the test's own, gone with all that is in it when the test ends: `await using folder = await temporaryFolder()`. */
export function temporaryFolder(): Promise<TemporaryFolder> {
  return folderIn(tmpdir())
}

/** As `temporaryFolder`, in memory, where flushes cost nothing. */
export function memoryFolder(): Promise<TemporaryFolder> {
  return folderIn('/dev/shm')
}

async function folderIn(parent: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(parent, 'redoma-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
