import { readFile } from 'node:fs/promises'
import { messageOf, RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { Settings } from './settings.ts'

/** @throws RedomaError `USAGE` when the file cannot be read */
export async function databaseUrl({ database }: Pick<Settings, 'database'>): Promise<Secret | undefined> {
  if (database === undefined || 'url' in database) return database?.url
  const text = await readFile(database.file, 'utf8').catch((error: unknown) => {
    throw new RedomaError('USAGE', `DATABASE_URL_FILE cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return new Secret(text.trim())
}
