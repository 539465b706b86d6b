import { writeFile } from 'node:fs/promises'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { CataloguePlace } from '../engine.ts'
import { cataloguePath, exists, markPath } from '../home.ts'
import type { Database } from '../tables.ts'
import { postgresqlEngine } from './engine.ts'

/** @throws RedomaError `USAGE` when the address does not fit */
export function postgresqlPlace(home: string, url: Secret): CataloguePlace {
  const engine = postgresqlEngine(url)
  const holdsInstance = async (db: Database): Promise<boolean> =>
    (await engine.hasTable(db, 'instance')) &&
    (await db.selectFrom('instance').select('id').executeTakeFirst()) !== undefined
  return {
    engine,
    async requireInstance(db) {
      await refuseFile(home)
      if (!(await holdsInstance(db))) {
        throw new RedomaError(
          'INSTANCE_MISSING',
          'there is no instance in the database that DATABASE_URL names',
          {
            hint: 'Make one with: redoma init',
          },
        )
      }
      await markHome(home)
    },
    async refuseInstance() {
      await refuseFile(home)
      const db = engine.open()
      try {
        if (await holdsInstance(db)) throw existing()
      } finally {
        await db.destroy()
      }
    },
    async create(write) {
      const db = engine.open()
      try {
        await write(engine, db)
        await markHome(home)
      } finally {
        await db.destroy()
      }
    },
  }
}

/** What was remembered there would seem forgotten. */
async function refuseFile(home: string): Promise<void> {
  const path = cataloguePath(home)
  if (!(await exists(path))) return
  throw new RedomaError(
    'USAGE',
    `there are two catalogues: ${path}, and the database that DATABASE_URL names`,
    {
      hint: 'Unset DATABASE_URL, or move the file away.',
    },
  )
}

/** So that a command without the variable makes no second instance here. */
export async function markHome(home: string): Promise<void> {
  if (await exists(markPath(home))) return
  const text =
    'The catalogue of this instance is a PostgreSQL: DATABASE_URL or DATABASE_URL_FILE says which.\n'
  await writeFile(markPath(home), text, { mode: 0o600 })
}

function existing(): RedomaError {
  return new RedomaError(
    'INSTANCE_EXISTS',
    'the database that DATABASE_URL names holds an instance already',
    {
      hint: 'To add this machine as a node, put the instance.key of another node into its folder: there is nothing to initialise.',
    },
  )
}
