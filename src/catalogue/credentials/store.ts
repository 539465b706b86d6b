import { setImmediate } from 'node:timers/promises'
import { RedomaError } from '../../core/errors.ts'
import type { CredentialStore, PutOutcome } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { found, touched } from '../entries.ts'
import type { SealedValues } from '../sealed-values.ts'
import type { Database } from '../tables.ts'
import { atOneMoment, transact } from '../transact.ts'
import { inspectAll } from './inspecting.ts'
import { pageOfSummaries } from './listing.ts'
import { mergeCredential } from './merge.ts'
import { readMetadata } from './metadata.ts'
import { readPage, readRecord } from './reading.ts'
import { listSummaries } from './summaries.ts'
import { insertRecord, rewriteRecord } from './writing.ts'

export interface CredentialStoreDeps {
  readonly db: Database
  /** A connection of its own, so that an attachment can be read while a transaction holds the first one. */
  readonly reader: Database
  readonly sealed: SealedValues
  readonly clock: Clock
}

const pageLength = 100

export function credentialStore(deps: CredentialStoreDeps): CredentialStore {
  const { db, clock } = deps
  return {
    list: () => listSummaries(db),
    page: (filter, request) => pageOfSummaries(db, filter, request),
    look: (id) => readMetadata(db, id),
    async count() {
      const all = db.selectFrom('credential').select((query) => query.fn.countAll<number>().as('count'))
      return (await all.executeTakeFirstOrThrow()).count
    },
    async get(id) {
      return found(
        await atOneMoment(db, (inside) => readRecord({ ...deps, db: inside }, id)),
        'credential',
        id,
      )
    },
    async find(text) {
      const matching = db
        .selectFrom('credential')
        .select('id')
        .where((query) => query.or([query('id', '=', text), query('title', '=', text)]))
      return (await matching.orderBy('id').execute()).map(({ id }) => id)
    },
    put: (record) => transact(db, (inside) => put({ ...deps, db: inside }, record)),
    atomically(work) {
      if (db.isTransaction) throw new RedomaError('INTERNAL', 'a transaction was begun inside another')
      return db
        .transaction()
        .execute((inside) => work(credentialStore({ ...deps, db: inside, reader: inside, clock })))
    },
    async remove(id) {
      const deletion = await db.deleteFrom('credential').where('id', '=', id).executeTakeFirst()
      touched(deletion.numDeletedRows, 'credential', id)
    },
    async *records() {
      const sealed = await deps.sealed.forMany()
      for (let after: string | undefined = ''; after !== undefined; ) {
        after = yield* pageAfter({ ...deps, sealed }, after)
        // Otherwise nothing else happens until the end: no key that is pressed is seen, no progress drawn.
        await setImmediate()
      }
    },
    inspect: () => inspectAll(deps),
  }
}

/** @returns the id of the last record, where there was one */
async function* pageAfter(
  deps: CredentialStoreDeps,
  after: string,
): AsyncGenerator<CredentialRecord, string | undefined> {
  const page = await atOneMoment(deps.db, (inside) => readPage({ ...deps, db: inside }, after, pageLength))
  let last: string | undefined
  for (const record of page) {
    last = record.id
    yield record
  }
  return last
}

async function put(deps: CredentialStoreDeps, record: CredentialRecord): Promise<PutOutcome> {
  const now = deps.clock.now()
  const known = await readRecord(deps, record.id)
  if (known === undefined) {
    await insertRecord(deps, { ...record, changedAt: record.changedAt ?? now })
    return 'added'
  }
  const merged = mergeCredential(known, record, now)
  if (merged === undefined) return 'unchanged'
  await rewriteRecord(deps, merged)
  return 'changed'
}
