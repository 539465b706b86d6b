import { randomUUID } from 'node:crypto'
import { access, link, open, rm } from 'node:fs/promises'
import { RedomaError, systemCode } from '../core/errors.ts'
import type { CataloguePlace } from './engine.ts'
import { exists, markPath, syncFolder } from './home.ts'
import { sqliteEngine } from './sqlite.ts'

/** The catalogue appears under its name only when it is whole, so that a making which was cut off at any moment can be begun again. */
export function sqlitePlace(home: string, path: string): CataloguePlace {
  const refuseInstance = async (): Promise<void> => {
    if (await exists(path)) throw existing(home)
    if (await exists(markPath(home))) throw elsewhere('INSTANCE_EXISTS', home)
  }
  return {
    engine: sqliteEngine(path),
    async requireInstance() {
      await access(path).catch(async (error: unknown) => {
        if (systemCode(error) !== 'ENOENT') {
          throw new RedomaError('FILE_FAILED', `${path} cannot be read`, { cause: error })
        }
        if (await exists(markPath(home))) throw elsewhere('INSTANCE_MISSING', home)
        throw new RedomaError('INSTANCE_MISSING', `there is no instance here: ${path} is missing`, {
          hint: 'Make one with: redoma init',
        })
      })
    },
    refuseInstance,
    async create(write) {
      const temporary = `${path}.${randomUUID()}.new`
      try {
        // Made here since SQLite would make it readable by others; its -wal and -shm take this file's mode.
        await (await open(temporary, 'wx', 0o600)).close()
        const engine = sqliteEngine(temporary)
        const db = engine.open()
        try {
          await write(engine, db)
        } finally {
          await db.destroy()
        }
        await publish(temporary, path, home)
      } finally {
        for (const suffix of ['', '-wal', '-shm']) await rm(temporary + suffix, { force: true })
      }
    },
  }
}

/** A link, unlike a rename, fails when another `init` was faster. */
async function publish(temporary: string, path: string, home: string): Promise<void> {
  await syncFile(temporary)
  await link(temporary, path).catch((error: unknown) => {
    throw systemCode(error) === 'EEXIST' ? existing(home) : error
  })
  await syncFolder(home)
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

function existing(home: string): RedomaError {
  return new RedomaError('INSTANCE_EXISTS', `${home} holds an instance already`, {
    hint: 'Use it, or name another folder in REDOMA_HOME.',
  })
}

/** A file beside it, made because somebody forgot a variable, would be a second instance with the same key. */
function elsewhere(code: 'INSTANCE_EXISTS' | 'INSTANCE_MISSING', home: string): RedomaError {
  return new RedomaError(
    code,
    `the catalogue of ${home} is a PostgreSQL, and DATABASE_URL does not say which`,
    {
      hint: `Set DATABASE_URL or DATABASE_URL_FILE; if the file is to be the catalogue from now on, remove ${markPath(home)}.`,
    },
  )
}
