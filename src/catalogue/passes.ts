import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import { permissions } from '../ports/access.ts'
import { type Pass, type PassChange, type PassStore, passKinds } from '../ports/user.ts'
import { auditTrail } from './audit-trail.ts'
import { addOnce, touched } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function passStore(db: Database, sealed: Pick<SealedValues, 'auditMac'>): PassStore {
  return {
    add: (pass, audited) =>
      transact(db, async (inside) => {
        await changePasses(inside, { adding: pass })
        if (audited !== undefined) await auditTrail(inside, sealed).append(audited)
      }),
    async get(id) {
      const row = await db.selectFrom('pass').selectAll().where('id', '=', id).executeTakeFirst()
      return row && passOf(row)
    },
    async list(kind, userId) {
      let query = db.selectFrom('pass').selectAll().where('kind', '=', kind)
      if (userId !== undefined) query = query.where('user_id', '=', userId)
      const rows = await query.orderBy('created_at', 'desc').orderBy('id').execute()
      return rows.map(passOf)
    },
    async seen(id, at) {
      await db.updateTable('pass').set({ seen_at: at.toISOString() }).where('id', '=', id).execute()
    },
    remove: (id, audited) =>
      transact(db, async (inside) => {
        const { numDeletedRows } = await inside.deleteFrom('pass').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows > 0n && audited !== undefined) await auditTrail(inside, sealed).append(audited)
        return numDeletedRows > 0n
      }),
    async removeOf(kind, userId, exceptId) {
      let query = db.deleteFrom('pass').where('kind', '=', kind)
      query = userId === undefined ? query.where('user_id', 'is', null) : query.where('user_id', '=', userId)
      if (exceptId !== undefined) query = query.where('id', '!=', exceptId)
      await query.execute()
    },
    async forgetExpired(now) {
      await db.deleteFrom('pass').where('expires_at', '<', now.toISOString()).execute()
    },
  }
}

/** @throws RedomaError `NOT_FOUND` for one to take that is gone, `ALREADY_EXISTS` for a second token of a name of the same user, or a challenge that was answered */
export async function changePasses(inside: Database, { taking, adding }: PassChange): Promise<void> {
  if (taking !== undefined) {
    const { numDeletedRows } = await inside.deleteFrom('pass').where('id', '=', taking).executeTakeFirst()
    touched(numDeletedRows, 'pass', taking)
  }
  if (adding === undefined) return
  if (adding.kind === 'token') await requireNewName(inside, adding)
  // A challenge has the id that was handed out with it: of two who come with its answer, one is the first.
  await addOnce(adding.kind, adding.id, inside.insertInto('pass').values(rowOf(adding)))
}

/** In the transaction that adds it, while no other writes. */
async function requireNewName(inside: Database, { userId = '', name }: Pass): Promise<void> {
  const tokens = inside.selectFrom('pass').select('id').where('kind', '=', 'token')
  const same = await tokens.where('user_id', '=', userId).where('name', '=', name).executeTakeFirst()
  if (same !== undefined)
    throw new RedomaError('ALREADY_EXISTS', `there is a token ${JSON.stringify(name)} of this user already`)
}

const passRow = z.object({
  id: z.uuid(),
  kind: z.enum(passKinds),
  user_id: column.optional(z.uuid()),
  name: z.string(),
  permissions: column.json(z.array(z.enum(permissions))),
  address: z.string(),
  created_at: column.time,
  seen_at: column.time,
  expires_at: column.time,
  mark: z.string(),
})

function passOf(row: unknown): Pass {
  const { user_id, created_at, seen_at, expires_at, ...rest } = parseRow(passRow, row)
  return { ...rest, userId: user_id, createdAt: created_at, seenAt: seen_at, expiresAt: expires_at }
}

function rowOf(pass: Pass) {
  const { id, kind, name, address, mark } = pass
  return {
    ...{ id, kind, name, address, mark, user_id: pass.userId ?? null },
    permissions: JSON.stringify(pass.permissions),
    created_at: pass.createdAt.toISOString(),
    seen_at: pass.seenAt.toISOString(),
    expires_at: pass.expiresAt.toISOString(),
  }
}
