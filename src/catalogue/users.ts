import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { roleNames } from '../ports/access.ts'
import type { User, UserStore } from '../ports/user.ts'
import { auditTrail } from './audit-trail.ts'
import { addOnce, found } from './entries.ts'
import { changePasses } from './passes.ts'
import { userRecordPlace } from './places.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/**
 * All that is known of a user is sealed, not only what is secret: who writes to the database and has no key makes nobody an
 * administrator.
 */
export function userStore(db: Database, sealed: SealedValues): UserStore {
  const all = async (inside: Database): Promise<User[]> => {
    const rows = await inside.selectFrom('api_user').selectAll().orderBy('name').execute()
    return rows.map((row) => userOf(sealed, row))
  }
  const one = async (by: 'id' | 'name', value: string): Promise<User | undefined> => {
    const row = await db.selectFrom('api_user').selectAll().where(by, '=', value).executeTakeFirst()
    return row && userOf(sealed, row)
  }
  return {
    list: () => all(db),
    named: (name) => one('name', name),
    byId: (id) => one('id', id),
    add: (user, audited, passes = {}) =>
      transact(db, async (inside) => {
        await auditTrail(inside, sealed).append(audited)
        await addOnce('user', user.name, inside.insertInto('api_user').values(rowOf(sealed, user)))
        await changePasses(inside, passes)
      }),
    addFirst: (user, audited, invitation) =>
      transact(db, async (inside) => {
        // Of two who come with two invitations at once, one is the first.
        const another = await inside.selectFrom('api_user').select('id').limit(1).executeTakeFirst()
        if (another !== undefined)
          throw new RedomaError('CHANGED_MEANWHILE', 'there is a user by now, who invites others')
        await auditTrail(inside, sealed).append(audited)
        await addOnce('user', user.name, inside.insertInto('api_user').values(rowOf(sealed, user)))
        await changePasses(inside, { taking: invitation })
        await inside
          .deleteFrom('pass')
          .where('kind', '=', 'invitation')
          .where('user_id', 'is', null)
          .execute()
      }),
    change: (id, decide) =>
      transact(db, async (inside) => {
        const users = await all(inside)
        const before = found(
          users.find((user) => user.id === id),
          'user',
          id,
        )
        const others = users.filter((user) => user.id !== id)
        const { user, audited, ending = [], keeping = '', passes = {} } = decide(before, others)
        const { taking, adding } = passes
        await changePasses(inside, { taking })
        if (user === undefined) await inside.deleteFrom('api_user').where('id', '=', id).execute()
        else await inside.updateTable('api_user').set(rowOf(sealed, user)).where('id', '=', id).execute()
        for (const kind of ending)
          await inside
            .deleteFrom('pass')
            .where('user_id', '=', id)
            .where('kind', '=', kind)
            .where('id', '!=', keeping)
            .execute()
        await changePasses(inside, { adding })
        if (audited !== undefined) await auditTrail(inside, sealed).append(audited)
        return user
      }),
  }
}

const userRow = z.object({ id: z.uuid(), name: z.string(), sealed_record: column.bytes })

const time = z.iso.datetime().transform((text) => new Date(text))
const secret = z.string().transform((text) => new Secret(text))

const userRecord = z.object({
  name: z.string(),
  role: z.enum(roleNames),
  createdAt: time,
  isDisabled: z.boolean(),
  passwordHash: secret.optional(),
  totp: z.object({ secret, isConfirmed: z.boolean(), usedStep: z.int() }).optional(),
  // Users of before there were any have none.
  passkeys: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        host: z.string(),
        publicKey: z.string(),
        counter: z.int().nonnegative(),
        createdAt: time,
        usedAt: time.optional(),
      }),
    )
    .default([]),
  openId: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('awaited'), issuer: z.string(), claim: z.string(), name: z.string() }),
      z.object({ kind: z.literal('bound'), issuer: z.string(), subject: z.string() }),
    ])
    .optional(),
  failures: z.int().nonnegative(),
  lockedUntil: time.optional(),
  signedInAt: time.optional(),
})

function userOf(sealed: SealedValues, row: unknown): User {
  const { id, name, sealed_record } = parseRow(userRow, row)
  const text = sealed.open(userRecordPlace(id), sealed_record).reveal()
  const record = parseRow(userRecord, JSON.parse(text) as unknown)
  if (record.name !== name)
    throw new RedomaError('CATALOGUE_DAMAGED', 'a row of the catalogue: a user has the name of another')
  return { ...record, id }
}

function rowOf(sealed: SealedValues, { id, ...record }: User) {
  const { passwordHash, totp } = record
  const shown = {
    ...record,
    passwordHash: passwordHash?.reveal(),
    totp: totp && { ...totp, secret: totp.secret.reveal() },
  }
  const sealed_record = sealed.seal(userRecordPlace(id), new Secret(JSON.stringify(shown)))
  return { id, name: record.name, sealed_record }
}
