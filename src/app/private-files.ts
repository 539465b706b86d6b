import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'

export interface PrivateFiles extends AsyncDisposable {
  /** Absolute, in the order they were given. */
  readonly paths: readonly string[]
  read(name: string): Promise<Uint8Array>
  /** From here on they stay. */
  keep(): void
}

/**
 * Writes new files (0600) into `folder` (made with 0700 where it is not there yet), safe against loss of power when this
 * returns. They are removed again at the end of the scope unless they are kept; an existing file is never touched.
 *
 * @throws RedomaError `ALREADY_EXISTS`, `FILE_FAILED`
 */
export async function writePrivateFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<PrivateFiles> {
  const root = resolve(folder)
  const paths: string[] = []
  const removeAll = async () => {
    await Promise.all(paths.map((path) => rm(path, { force: true })))
  }
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    for (const [name, content] of files) paths.push(await writeNew(join(root, name), content))
    await syncFolder(root)
  } catch (error) {
    await removeAll()
    throw fileError(error, root)
  }
  let isKept = false
  return {
    paths,
    read: async (name) => new Uint8Array(await readFile(join(root, name))),
    keep: () => {
      isKept = true
    },
    [Symbol.asyncDispose]: async () => {
      if (!isKept) await removeAll()
    },
  }
}

async function writeNew(path: string, content: Uint8Array): Promise<string> {
  await using file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
    return path
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

function fileError(error: unknown, folder: string): RedomaError {
  if (systemCode(error) === 'EEXIST') {
    const path = error instanceof Error && 'path' in error ? String(error.path) : `a file in ${folder}`
    return new RedomaError('ALREADY_EXISTS', `${path} is there already`, {
      hint: 'Name another, or a new or empty folder: nothing is overwritten.',
      cause: error,
    })
  }
  return new RedomaError('FILE_FAILED', `cannot write to ${folder}: ${messageOf(error)}`, { cause: error })
}
