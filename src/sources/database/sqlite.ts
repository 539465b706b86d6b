import { mkdir, open, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { DatabaseDump, DatabaseSource, DatabaseTarget, SqliteSpec } from '../../ports/database.ts'

/**
 * SQLite by its online backup: a copy of one moment, page by page, while others write. SQLite makes it as a file, which is in the instance's run folder for as
 * long as it is read, for its owner alone.
 */
export function sqliteSource({ path }: SqliteSpec, runFolder: string): DatabaseSource {
  return {
    async *dumps() {
      yield { name: basename(path), open: () => copyOf(path, runFolder) } satisfies DatabaseDump
    },
  }
}

/** All in one step: a copy in several begins anew whenever somebody writes in between, and might never end. */
const allPages = 2 ** 31 - 1

async function* copyOf(path: string, runFolder: string): AsyncGenerator<Uint8Array> {
  const folder = join(runFolder, 'sqlite')
  const copy = join(folder, basename(path))
  try {
    // What a run left that was killed; there is one at a time.
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Made first, so that it is nobody else's to read at any time.
    await (await open(copy, 'wx', 0o600)).close()
    {
      using database = new DatabaseSync(path, { readOnly: true, timeout: 60_000 })
      await backup(database, copy, { rate: allPages })
    }
    await using file = await open(copy, 'r')
    // It is read by its descriptor, and gone with it.
    await rm(copy)
    yield* file.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false }) as AsyncIterable<Buffer>
  } catch (error) {
    if (error instanceof RedomaError) throw error
    throw new RedomaError('SOURCE_UNREADABLE', `${path}: ${messageOf(error)}`, {
      hint: 'Is it a database of SQLite, and may Redoma read it? A copy of it needs room in the folder of the instance.',
      cause: error,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The database is the path of a file that is not there yet. */
export const sqliteTarget: DatabaseTarget = {
  async restore(path, content, signal) {
    const made = `${path}.redoma-${process.pid}`
    try {
      await writeAll(made, content, signal)
      checkWhole(made)
      await linkNew(made, path)
    } finally {
      await rm(made, { force: true })
    }
  },
}

async function writeAll(
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  for await (const part of content) {
    signal.throwIfAborted()
    await file.writeFile(part)
  }
  await file.sync()
}

function checkWhole(path: string): void {
  using database = new DatabaseSync(path, { readOnly: true })
  const found = database.prepare('PRAGMA quick_check(1)').get()
  const said = found === undefined ? 'nothing' : String(Object.values(found)[0])
  if (said === 'ok') return
  throw new RedomaError('VERIFICATION_FAILED', `the database that was restored is damaged: ${said}`)
}

/** Never over what is there. */
async function linkNew(made: string, path: string): Promise<void> {
  const { link } = await import('node:fs/promises')
  try {
    await link(made, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new RedomaError('ALREADY_EXISTS', `${path} is there already`, {
      hint: 'Name a file that is not there yet: nothing is overwritten.',
      cause: error,
    })
  }
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
}
