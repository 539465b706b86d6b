import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { Secret } from '../../../src/core/secret.ts'

/** Says where the server is that `serve-catalogues.ts` started. */
export const serverVariable = 'REDOMA_TESTS_POSTGRESQL'
export const templateName = 'redoma_template'

/** Whether the tests of the catalogue run on PostgreSQL just now: `vitest --project postgresql`. They run on SQLite as well. */
export const onPostgresql = process.env['REDOMA_TESTS_CATALOGUE'] === 'postgresql'

/** A database of a test's own, with the newest schema and nothing in it. */
export interface CatalogueDatabase extends AsyncDisposable {
  readonly url: Secret
  /** What an intruder with psql does; gives the rows, a line each. */
  sql(text: string): string
}

export async function aCatalogueDatabase(): Promise<CatalogueDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(`create database ${name} template ${templateName}`)
  return {
    url: addressOf(name),
    sql: (text) => psql(name, text),
    [Symbol.asyncDispose]: () => administer(`drop database ${name} with (force)`),
  }
}

async function administer(text: string): Promise<void> {
  const { port, password } = server()
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

export function addressOf(database: string): Secret {
  const { port, password } = server()
  return new Secret(`postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`)
}

function server(): { readonly port: number; readonly password: string } {
  return JSON.parse(process.env[serverVariable] ?? '') as ReturnType<typeof server>
}

function psql(database: string, text: string): string {
  const { port, password } = server()
  const at = ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-d', database]
  return execFileSync('psql', ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', ...at, '-c', text], {
    encoding: 'utf8',
    env: { ...process.env, PGPASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}
