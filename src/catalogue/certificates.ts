import { z } from 'zod'
import { type CertificateStore, certificateHolders } from '../ports/seen-certificate.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

export function certificateStore(db: Database): CertificateStore {
  return {
    async list() {
      const rows = await db
        .selectFrom('seen_certificate')
        .selectAll()
        .orderBy('holder')
        .orderBy('id')
        .orderBy('machine')
        .execute()
      return rows.map((row) => {
        const { holder: of, valid_from: from, valid_until: until, ...rest } = parseRow(certificateRow, row)
        const { seen_at: seenAt, ...words } = rest
        return { of, from, until, seenAt, ...words }
      })
    },
    async put({ of, id, machine, place, fingerprint, from, until, seenAt }) {
      const seen = {
        place,
        fingerprint,
        valid_from: from.toISOString(),
        valid_until: until.toISOString(),
        seen_at: seenAt.toISOString(),
      }
      await db
        .insertInto('seen_certificate')
        .values({ holder: of, id, machine, ...seen })
        .onConflict((conflict) => conflict.columns(['holder', 'id', 'machine']).doUpdateSet(seen))
        .execute()
    },
    async remove({ of, id, machine }) {
      await db
        .deleteFrom('seen_certificate')
        .where('holder', '=', of)
        .where('id', '=', id)
        .where('machine', '=', machine)
        .execute()
    },
  }
}

/** Of a destination or channel that is gone. */
export async function forgetCertificates(db: Database, id: string): Promise<void> {
  await db.deleteFrom('seen_certificate').where('id', '=', id).execute()
}

const certificateRow = z.object({
  holder: z.enum(certificateHolders),
  id: z.string(),
  machine: z.string(),
  place: z.string(),
  fingerprint: z.string(),
  valid_from: column.time,
  valid_until: column.time,
  seen_at: column.time,
})
