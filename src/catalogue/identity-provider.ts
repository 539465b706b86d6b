import { z } from 'zod'
import { Secret } from '../core/secret.ts'
import type { ProviderStore } from '../ports/identity-provider.ts'
import { auditTrail } from './audit-trail.ts'
import { identityProviderPlace } from './places.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** Sealed whole, and not only its secret: who writes to the database and has no key names no provider that would let them in as anybody. */
export function providerStore(db: Database, sealed: SealedValues): ProviderStore {
  return {
    async get() {
      const row = await db.selectFrom('identity_provider').selectAll().executeTakeFirst()
      if (row === undefined) return undefined
      const { sealed_record } = parseRow(providerRow, row)
      const text = sealed.open(identityProviderPlace, sealed_record).reveal()
      return parseRow(column.json(providerRecord), text)
    },
    async set(settings, audited) {
      await transact(db, async (inside) => {
        await inside.deleteFrom('identity_provider').execute()
        if (settings !== undefined) {
          const shown = { ...settings, clientSecret: settings.clientSecret.reveal() }
          const sealed_record = sealed.seal(identityProviderPlace, new Secret(JSON.stringify(shown)))
          await inside.insertInto('identity_provider').values({ sealed_record }).execute()
        }
        await auditTrail(inside, sealed).append(audited)
      })
    },
  }
}

const providerRow = z.object({ sealed_record: column.bytes })

const providerRecord = z.object({
  issuer: z.string(),
  clientId: z.string(),
  clientSecret: z.string().transform((text) => new Secret(text)),
  certificates: z.string().optional(),
  userClaim: z.string(),
})
