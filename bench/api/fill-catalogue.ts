import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { searchWords } from '../../src/catalogue/credentials/search-words.ts'

export interface Sizes {
  readonly runs: number
  readonly credentials: number
  readonly recordings: number
}

const start = Date.parse('2000-01-01T00:00:00Z')
const figures = JSON.stringify({ items: 100, itemsNew: 3, bytes: 1e9, bytesStored: 1e6 })
const done = JSON.stringify({ kind: 'done' })
const failed = JSON.stringify({ kind: 'failed', failure: { code: 'DESTINATION_FULL', message: 'full' } })

/** Rows as years of work leave them: by SQL, since to be run a million times is not what is measured. One run in a hundred fails. */
export async function fillCatalogue(home: string, { runs, credentials, recordings }: Sizes): Promise<void> {
  const database = new DatabaseSync(join(home, 'catalogue.sqlite'))
  try {
    database.exec('pragma synchronous = off; begin')
    fillPlaces(database)
    fillRuns(database, runs)
    fillCredentials(database, credentials)
    fillRecordings(database, recordings)
    database.exec('commit')
  } finally {
    database.close()
  }
}

function fillPlaces(database: DatabaseSync): void {
  const source = database.prepare('insert into source (name, spec, created_at) values (?, ?, ?)')
  for (const name of ['etc', 'web', 'rare'])
    source.run(name, JSON.stringify({ kind: 'sqlite', path: '/x' }), timeOf(0))
}

function fillRuns(database: DatabaseSync, count: number): void {
  const run = database.prepare(
    'insert into run (id, started_at, process_id, state, finished_at) values (?, ?, 1, ?, ?)',
  )
  const part = database.prepare(
    `insert into run_part (run_id, position, job, source, destination, outcome, figures, started_at, finished_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (let id = 1; id <= count; id++) {
    const isBad = id % 100 === 0
    run.run(id, timeOf(id), isBad ? 'failed' : 'done', timeOf(id + 0.5))
    const parts = [
      ['secrets', 'credentials', 'nas'],
      ['system', 'etc', 'nas'],
      ['system', id % 50_000 === 7 ? 'rare' : 'web', id % 3 === 0 ? 'usb' : 'nas'],
    ] as const
    for (const [position, [job, source, destination]] of parts.entries())
      part.run(
        id,
        position,
        job,
        source,
        destination,
        isBad ? failed : done,
        figures,
        timeOf(id),
        timeOf(id + 0.4),
      )
  }
}

function fillCredentials(database: DatabaseSync, count: number): void {
  const credential = database.prepare(
    `insert into credential (id, title, kind, user, host, folder, tags, sealed_secret, changed_at, search_words)
     values (?, ?, 'password', ?, ?, ?, ?, ?, ?, ?)`,
  )
  const sealed = new Uint8Array(60)
  for (let index = 0; index < count; index++) {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    const [title, user, host] = [`server ${index}`, `user${index % 500}`, `host${index % 9000}.example.com`]
    const folder = index % 20 === 0 ? null : `site ${index % 40}/rack ${index % 300}`
    const tags = JSON.stringify([`tag${index % 30}`])
    const words = searchWords({ title, user, host, folder, tags })
    credential.run(id, title, user, host, folder, tags, sealed, timeOf(index), words)
  }
}

function fillRecordings(database: DatabaseSync, count: number): void {
  const copy = database.prepare(
    `insert into recording_copy (destination_id, recording_id, source, folder, fingerprint, sealed_at, sha256, bytes, generation, summary)
     values ('d', ?, 'web', ?, 'f', ?, ?, 1000000, 1, '{"format":"asciicast"}')`,
  )
  for (let index = 0; index < count; index++)
    copy.run(`recording-${index}`, `recordings/2026/01/01/recording-${index}`, timeOf(index), 'a'.repeat(64))
}

function timeOf(minutes: number): string {
  return new Date(start + minutes * 600_000).toISOString()
}
