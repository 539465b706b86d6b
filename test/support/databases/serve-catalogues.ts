import { migrate } from '../../../src/catalogue/migrate.ts'
import { postgresqlEngine } from '../../../src/catalogue/postgresql/engine.ts'
import { addressOf, serverVariable, templateName } from './catalogue-database.ts'
import { startPostgresql } from './postgresql.ts'

/** For the tests of the catalogue on PostgreSQL: one server for all of them, with a database of the newest schema to make others from. */
export default async function serveCatalogues(): Promise<() => Promise<void>> {
  const password = 'p@ss:w/rd?'
  const server = await startPostgresql(password)
  process.env[serverVariable] = JSON.stringify({ port: server.port, password })
  await server.sql(`create database ${templateName}`)
  const engine = postgresqlEngine(addressOf(templateName))
  const db = engine.open()
  await migrate(engine, db, { now: () => new Date() })
  await db.destroy()
  return async () => {
    await server[Symbol.asyncDispose]()
  }
}
