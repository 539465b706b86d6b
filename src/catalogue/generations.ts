import { z } from 'zod'
import type { Catalogue, Generation } from '../ports/catalogue.ts'
import { addOnce } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './sqlite.ts'

export function generationStore(db: Database): Catalogue['generations'] {
  const newestFirst = db.selectFrom('generation').selectAll().orderBy('number', 'desc')
  return {
    list: async () => (await newestFirst.execute()).map(generationOf),
    async current() {
      const row = await newestFirst.limit(1).executeTakeFirst()
      return row === undefined ? undefined : generationOf(row)
    },
    async add(generation) {
      await addOnce(
        'generation',
        String(generation.number),
        db.insertInto('generation').values({
          number: generation.number,
          profile: generation.profile,
          recipient: generation.recipient,
          fingerprint: generation.fingerprint,
          identity_file: generation.identityFile,
          held_at: generation.heldAt.toISOString(),
        }),
      )
    },
  }
}

const generationRow = z.object({
  number: z.int().positive(),
  profile: z.enum(['classic', 'pq']),
  recipient: z.string().startsWith('age1'),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  identity_file: column.bytes,
  held_at: column.time,
})

function generationOf(row: unknown): Generation {
  const { identity_file: identityFile, held_at: heldAt, ...rest } = parseRow(generationRow, row)
  return { ...rest, identityFile, heldAt }
}
