import { z } from 'zod'
import type { Guardian, GuardianStore, Keeper } from '../ports/guardian.ts'
import { addOnce, found, touched } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function guardianStore(db: Database): GuardianStore {
  return {
    async list() {
      return (await db.selectFrom('guardian').selectAll().orderBy('name').execute()).map(guardianOf)
    },
    async remindedAt() {
      const rows = await db.selectFrom('guardian_reminder').selectAll().execute()
      return new Map(
        rows.map((row) => {
          const { guardian_id: id, reminded_at: at } = parseRow(reminderRow, row)
          return [id, at]
        }),
      )
    },
    async reminded(guardianId, at) {
      const state = { reminded_at: at.toISOString() }
      await db
        .insertInto('guardian_reminder')
        .values({ guardian_id: guardianId, ...state })
        .onConflict((conflict) => conflict.column('guardian_id').doUpdateSet(state))
        .execute()
    },
    async get(name) {
      const row = await db.selectFrom('guardian').selectAll().where('name', '=', name).executeTakeFirst()
      return guardianOf(found(row, 'guardian', name))
    },
    async add(guardian) {
      await addOnce('guardian', guardian.name, db.insertInto('guardian').values(rowOf(guardian)))
    },
    async replace(guardian) {
      const { id, ...row } = rowOf(guardian)
      const statement = db.updateTable('guardian').set(row).where('id', '=', id)
      await addOnce('guardian', guardian.name, {
        async execute() {
          const { numUpdatedRows } = await statement.executeTakeFirstOrThrow()
          touched(numUpdatedRows, 'guardian', guardian.name)
        },
      })
    },
    async remove(name) {
      await transact(db, async (transaction) => {
        const row = await transaction
          .selectFrom('guardian')
          .select('id')
          .where('name', '=', name)
          .executeTakeFirst()
        const { id } = found(row, 'guardian', name)
        await transaction.deleteFrom('share_keeper').where('guardian_id', '=', id).execute()
        await transaction.deleteFrom('guardian_reminder').where('guardian_id', '=', id).execute()
        await transaction.deleteFrom('guardian').where('id', '=', id).execute()
      })
    },
    async keepers() {
      const rows = await db
        .selectFrom('share_keeper')
        .selectAll()
        .orderBy('generation')
        .orderBy('share')
        .execute()
      return rows.map(keeperOf)
    },
    assign: (keeper) => assignKeeper(db, keeper),
  }
}

export async function assignKeeper(db: Database, { generation, share, guardian }: Keeper): Promise<void> {
  await db
    .insertInto('share_keeper')
    .values({ generation, share, guardian_id: guardian })
    .onConflict((conflict) =>
      conflict.columns(['generation', 'share']).doUpdateSet({ guardian_id: guardian }),
    )
    .execute()
}

function rowOf({ id, name, mail, note, publicKey, createdAt }: Guardian) {
  return {
    id,
    name,
    mail: mail ?? null,
    note: note ?? null,
    public_key: publicKey ?? null,
    created_at: createdAt.toISOString(),
  }
}

const guardianRow = z.object({
  id: z.uuid(),
  name: z.string(),
  mail: column.optional(z.string()),
  note: column.optional(z.string()),
  public_key: column.optional(z.string()),
  created_at: column.time,
})

function guardianOf(row: unknown): Guardian {
  const { public_key: publicKey, created_at: createdAt, ...rest } = parseRow(guardianRow, row)
  return { ...rest, publicKey, createdAt }
}

const keeperRow = z.object({
  generation: z.int().positive(),
  share: z.int().positive(),
  guardian_id: z.string(),
})

function keeperOf(row: unknown): Keeper {
  const { guardian_id: guardian, ...rest } = parseRow(keeperRow, row)
  return { ...rest, guardian }
}

const reminderRow = z.object({ guardian_id: z.string(), reminded_at: column.time })
