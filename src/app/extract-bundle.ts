import { mkdir, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DamagedEntry, OpenBundle } from '../bundle/open-bundle.ts'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'
import { writeNewFile } from './write-new-file.ts'

/**
 * Writes all of a bundle that is not damaged into a new or empty folder: 0700, files 0600.
 *
 * @returns absolute paths
 * @throws RedomaError `ALREADY_EXISTS`, `FILE_FAILED`
 */
export async function extractAll(
  bundle: OpenBundle,
  damaged: readonly DamagedEntry[],
  root: string,
  signal: AbortSignal,
): Promise<string[]> {
  const paths: string[] = []
  try {
    await makeEmptyFolder(root)
    // Paths were proven safe when the ZIP file was opened: none is absolute, none has `..`.
    const isDamaged = new Set(damaged.map(({ path }) => path))
    for (const { path } of bundle.manifest.entries.filter((entry) => !isDamaged.has(entry.path))) {
      signal.throwIfAborted()
      const target = join(root, path)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await writeNewFile(target, bundle.read(path))
      paths.push(target)
    }
    return paths
  } catch (error) {
    if (error instanceof RedomaError || systemCode(error) === undefined) throw error
    throw new RedomaError('FILE_FAILED', `cannot write to ${root}: ${messageOf(error)}`, { cause: error })
  }
}

/** Made new, so that no link that somebody put there can lead out of it. */
async function makeEmptyFolder(root: string): Promise<void> {
  await mkdir(dirname(root), { recursive: true, mode: 0o700 })
  try {
    await rmdir(root)
  } catch (error) {
    if (systemCode(error) === 'ENOTEMPTY' || systemCode(error) === 'EEXIST') {
      throw new RedomaError('ALREADY_EXISTS', `${root} is not empty`, {
        hint: 'Name a new or empty folder: nothing is overwritten.',
      })
    }
    if (systemCode(error) !== 'ENOENT') throw error
  }
  await mkdir(root, { mode: 0o700 })
}
