import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import { wholeVault } from '../ports/bundle-store.ts'
import type { Catalogue, Generation } from '../ports/catalogue.ts'
import { auditTrail } from './audit-trail.ts'
import { addProofs } from './drills.ts'
import { addOnce } from './entries.ts'
import { assignKeeper } from './guardians.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function generationStore(
  db: Database,
  sealed: Pick<SealedValues, 'auditMac'>,
): Catalogue['generations'] {
  const newestFirst = db.selectFrom('generation').selectAll().orderBy('number', 'desc')
  return {
    list: async () => (await newestFirst.execute()).map(generationOf),
    async current(scope = wholeVault) {
      const row = await newestFirst.where('scope', '=', scope).limit(1).executeTakeFirst()
      return row === undefined ? undefined : generationOf(row)
    },
    add: (generation, more) =>
      transact(db, async (transaction) => {
        await addOnce(
          'generation',
          String(generation.number),
          transaction.insertInto('generation').values({
            number: generation.number,
            scope: generation.scope ?? wholeVault,
            profile: generation.profile,
            recipient: generation.recipient,
            fingerprint: generation.fingerprint,
            held_at: generation.heldAt.toISOString(),
            password_file: generation.passwordFile ?? null,
            quorum_file: generation.quorum?.identityFile ?? null,
            share_list: generation.quorum?.shareList ?? null,
          }),
        )
        await addProofs(transaction, more?.proofs ?? [])
        for (const keeper of more?.keepers ?? []) await assignKeeper(transaction, keeper)
        if (more?.audited !== undefined) await auditTrail(transaction, sealed).append(more.audited)
      }),
  }
}

const generationRow = z.object({
  number: z.int().positive(),
  scope: z.string().transform((name) => (name === wholeVault ? undefined : name)),
  profile: z.enum(['classic', 'pq']),
  recipient: z.string().startsWith('age1'),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  held_at: column.time,
  password_file: column.optional(column.bytes),
  quorum_file: column.optional(column.bytes),
  share_list: column.optional(column.bytes),
})

function generationOf(row: unknown): Generation {
  const { held_at, password_file, quorum_file, share_list, ...rest } = parseRow(generationRow, row)
  const quorum =
    quorum_file === undefined || share_list === undefined
      ? undefined
      : { identityFile: quorum_file, shareList: share_list }
  if (password_file === undefined && quorum === undefined)
    throw new RedomaError('CATALOGUE_DAMAGED', `nothing opens the recovery key of generation ${rest.number}`)
  return { ...rest, heldAt: held_at, passwordFile: password_file, quorum }
}
