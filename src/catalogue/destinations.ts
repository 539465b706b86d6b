import { z } from 'zod'
import type { DestinationRecord, DestinationStore } from '../ports/catalogue.ts'
import { destinationSpec } from '../ports/specs.ts'
import { forgetCertificates } from './certificates.ts'
import { forgetWatch } from './destination-states.ts'
import { addOnce, found, touched } from './entries.ts'
import { repositoryPasswordPlace } from './places.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function destinationStore(db: Database, sealed: SealedValues): DestinationStore {
  const rowOf = (destination: DestinationRecord) => ({
    id: destination.id,
    name: destination.name,
    spec: JSON.stringify(destination.spec),
    sealed_repository_password: sealed.seal(
      repositoryPasswordPlace(destination.id),
      destination.repositoryPassword,
    ),
    created_at: destination.createdAt.toISOString(),
    runs_before: destination.runsBefore,
    repository_id: destination.repositoryId ?? null,
    repository_key: destination.repositoryKey ?? null,
  })
  const destinationOf = (row: unknown): DestinationRecord => {
    const { id, name, spec, ...rest } = parseRow(destinationRow, row)
    const repositoryPassword = sealed.open(repositoryPasswordPlace(id), rest.sealed_repository_password)
    return {
      id,
      name,
      spec,
      repositoryPassword,
      repositoryId: rest.repository_id,
      repositoryKey: rest.repository_key,
      createdAt: rest.created_at,
      runsBefore: rest.runs_before,
    }
  }
  return {
    async list() {
      const rows = await db.selectFrom('destination').selectAll().orderBy('name').execute()
      return rows.map(destinationOf)
    },
    async get(name) {
      const row = await db.selectFrom('destination').selectAll().where('name', '=', name).executeTakeFirst()
      return destinationOf(found(row, 'destination', name))
    },
    async add(destination) {
      await addOnce('destination', destination.name, db.insertInto('destination').values(rowOf(destination)))
    },
    async replace(destination) {
      const { id, name } = destination
      const update = db.updateTable('destination').set(rowOf(destination)).where('id', '=', id)
      await addOnce('destination', name, {
        execute: async () => {
          touched((await update.executeTakeFirst()).numUpdatedRows, 'destination', name)
        },
      })
    },
    async remove(name) {
      await transact(db, async (transaction) => {
        const deletion = transaction.deleteFrom('destination').where('name', '=', name).returning('id')
        const { id } = found(await deletion.executeTakeFirst(), 'destination', name)
        await forgetWatch(transaction, id)
        await transaction.deleteFrom('verification').where('destination_id', '=', id).execute()
        await forgetCertificates(transaction, id)
      })
    },
    async rememberRepository(destinationId, { id, key }) {
      await db
        .updateTable('destination')
        .set({ repository_id: id, repository_key: key })
        .where('id', '=', destinationId)
        .where((row) => row.or([row('repository_id', 'is', null), row('repository_id', '=', id)]))
        .execute()
    },
    async acceptRepository(destinationId, { id, key }) {
      await transact(db, async (transaction) => {
        const last = await transaction
          .selectFrom('run')
          .select((query) => query.fn.max('id').as('id'))
          .executeTakeFirst()
        await transaction
          .updateTable('destination')
          .set({ repository_id: id, repository_key: key, runs_before: last?.id ?? 0 })
          .where('id', '=', destinationId)
          .execute()
        await transaction.deleteFrom('slice_reading').where('destination_id', '=', destinationId).execute()
        // It was of another repository.
        await transaction
          .deleteFrom('verification')
          .where('destination_id', '=', destinationId)
          .where('what', '=', 'repository')
          .execute()
      })
    },
  }
}

const hex64 = /^[0-9a-f]{64}$/

const destinationRow = z.object({
  id: z.uuid(),
  name: z.string(),
  spec: column.json(destinationSpec),
  sealed_repository_password: column.bytes,
  created_at: column.time,
  runs_before: z.int().nonnegative(),
  repository_id: column.optional(z.string().regex(hex64)),
  repository_key: column.optional(z.string().regex(hex64)),
})
