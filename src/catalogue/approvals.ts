import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { type Approval, type ApprovalStore, dangers, needs, usualRules } from '../ports/approval.ts'
import { auditTrail } from './audit-trail.ts'
import { pageOf } from './page-of.ts'
import { approvalPlace, secondPersonPlace } from './places.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** Sealed, so that who only writes to the database agrees to nothing. */
export function approvalStore(db: Database, sealed: SealedValues): ApprovalStore {
  const get = async (from: Database, id: number): Promise<Approval> => {
    const row = await from.selectFrom('approval').selectAll().where('id', '=', id).executeTakeFirst()
    if (row !== undefined) return approvalOf(sealed, row)
    throw new RedomaError('NOT_FOUND', `nobody was asked under the number ${id}`)
  }
  const keep = async (inside: Database, approval: Approval): Promise<void> => {
    const sealed_record = sealedRecord(sealed, approval)
    await inside.updateTable('approval').set({ sealed_record }).where('id', '=', approval.id).execute()
  }
  const rules: ApprovalStore['rules'] = async () => {
    const row = await db.selectFrom('second_person').selectAll().executeTakeFirst()
    if (row === undefined) return usualRules
    const { sealed_rules } = parseRow(rulesRow, row)
    const said = parseRow(column.json(rulesRecord), sealed.open(secondPersonPlace, sealed_rules).reveal())
    return { ...usualRules, ...said }
  }
  return {
    rules,
    async setRules(changed, audited) {
      const sealed_rules = sealed.seal(
        secondPersonPlace,
        new Secret(JSON.stringify({ ...(await rules()), ...changed })),
      )
      await transact(db, async (inside) => {
        await inside.deleteFrom('second_person').execute()
        await inside.insertInto('second_person').values({ sealed_rules }).execute()
        await auditTrail(inside, sealed).append(audited)
      })
    },
    ask: (asked, audited) =>
      transact(db, async (inside) => {
        const { id } = await inside
          .insertInto('approval')
          .values({
            asked_by: asked.askedBy,
            expires_at: asked.expiresAt.toISOString(),
            sealed_record: new Uint8Array(),
          })
          .returning('id')
          .executeTakeFirstOrThrow()
        const approval = { ...asked, id }
        await keep(inside, approval)
        await auditTrail(inside, sealed).append(audited(approval))
        return approval
      }),
    get: (id) => get(db, id),
    async page(request) {
      const columns = [{ name: 'id', type: 'number' }] as const
      const rows = () => db.selectFrom('approval').selectAll()
      const { items, next } = await pageOf({ rows, columns, request })
      return { items: items.map((row) => approvalOf(sealed, row)), next }
    },
    async open(askedBy, danger, at) {
      const rows = await db
        .selectFrom('approval')
        .selectAll()
        .where('asked_by', '=', askedBy)
        .where('expires_at', '>', at.toISOString())
        .orderBy('id', 'desc')
        .execute()
      const all = rows.map((row) => approvalOf(sealed, row))
      return all.filter((one) => one.danger === danger && one.usedAt === undefined && one.expiresAt > at)
    },
    answer: (id, answer, audited) =>
      transact(db, async (inside) => {
        const approval = await get(inside, id)
        if (approval.answer !== undefined) return false
        await keep(inside, { ...approval, answer })
        await auditTrail(inside, sealed).append(audited)
        return true
      }),
    use: (id, at) =>
      transact(db, async (inside) => {
        const approval = await get(inside, id)
        const { answer, usedAt, expiresAt } = approval
        if (answer?.agreed !== true || usedAt !== undefined || expiresAt <= at) return false
        await keep(inside, { ...approval, usedAt: at })
        return true
      }),
  }
}

const rulesRow = z.object({ sealed_rules: column.bytes })
const rulesRecord = z.partialRecord(z.enum(dangers), z.enum(needs))

const approvalRow = z.object({ id: z.int().positive(), sealed_record: column.bytes })

const approvalRecord = z.object({
  danger: z.enum(dangers),
  subject: z.string(),
  lines: z.array(z.string()),
  askedBy: z.string(),
  askedAt: column.time,
  expiresAt: column.time,
  answer: z.object({ agreed: z.boolean(), by: z.string(), at: column.time }).optional(),
  usedAt: column.time.optional(),
})

function approvalOf(sealed: SealedValues, row: unknown): Approval {
  const { id, sealed_record } = parseRow(approvalRow, row)
  const text = sealed.open(approvalPlace(id), sealed_record).reveal()
  return { id, ...parseRow(column.json(approvalRecord), text) }
}

function sealedRecord(sealed: SealedValues, { id, ...record }: Approval): Uint8Array {
  return sealed.seal(approvalPlace(id), new Secret(JSON.stringify(record)))
}
