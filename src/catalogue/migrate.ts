import type { Kysely } from 'kysely'
import { RedomaError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Engine, MigrationDialect } from './engine.ts'
import { beginning } from './migrations/0001-beginning.ts'
import { sliceReadings } from './migrations/0002-slice-readings.ts'
import { lease } from './migrations/0003-lease.ts'
import { forgottenSnapshots } from './migrations/0004-forgotten-snapshots.ts'
import { runsBefore } from './migrations/0005-runs-before.ts'
import { repositoryIdentity } from './migrations/0006-repository-identity.ts'
import { settledMisses } from './migrations/0007-settled-misses.ts'
import { appliance } from './migrations/0008-appliance.ts'
import { destinationState } from './migrations/0009-destination-state.ts'
import { quorumFiles } from './migrations/0010-quorum-files.ts'
import { guardiansAndDrills } from './migrations/0011-guardians-and-drills.ts'
import { bundleContents } from './migrations/0012-bundle-contents.ts'
import { openings } from './migrations/0013-openings.ts'
import { scopes } from './migrations/0014-scopes.ts'
import { keysOfScopes } from './migrations/0015-keys-of-scopes.ts'
import { channels } from './migrations/0016-channels.ts'
import { listsInOrder } from './migrations/0017-lists-in-order.ts'
import { incidents } from './migrations/0018-incidents.ts'
import { searchAndRevisions } from './migrations/0019-search-and-revisions.ts'
import { plans } from './migrations/0020-plans.ts'
import { auditChain } from './migrations/0021-audit-chain.ts'
import { presence } from './migrations/0022-presence.ts'
import { timestamping } from './migrations/0023-timestamping.ts'
import { runRemarks } from './migrations/0024-run-remarks.ts'
import { cancelledBy } from './migrations/0025-cancelled-by.ts'
import { users } from './migrations/0026-users.ts'
import { approvals } from './migrations/0027-approvals.ts'
import { verificationsAndRoutines } from './migrations/0028-verifications-and-routines.ts'
import { runsOfPlans } from './migrations/0029-runs-of-plans.ts'
import { owedHooks } from './migrations/0030-owed-hooks.ts'
import { acknowledgedIncidents } from './migrations/0031-acknowledged-incidents.ts'
import { identityProvider } from './migrations/0032-identity-provider.ts'
import { channelFailures } from './migrations/0033-channel-failures.ts'
import { seenCertificates } from './migrations/0034-seen-certificates.ts'
import { restores } from './migrations/0035-restores.ts'
import type { Database } from './tables.ts'

interface Migration {
  readonly name: string
  readonly run: (db: Kysely<unknown>, dialect: MigrationDialect) => Promise<void>
}

/** In order; the first is number 1. Only ever added to: migrations.test.ts knows the text of each. */
const migrations: readonly Migration[] = [
  { name: 'beginning', run: beginning },
  { name: 'slice-readings', run: sliceReadings },
  { name: 'lease', run: lease },
  { name: 'forgotten-snapshots', run: forgottenSnapshots },
  { name: 'runs-before', run: runsBefore },
  { name: 'repository-identity', run: repositoryIdentity },
  { name: 'settled-misses', run: settledMisses },
  { name: 'appliance', run: appliance },
  { name: 'destination-state', run: destinationState },
  { name: 'quorum-files', run: quorumFiles },
  { name: 'guardians-and-drills', run: guardiansAndDrills },
  { name: 'bundle-contents', run: bundleContents },
  { name: 'openings', run: openings },
  { name: 'scopes', run: scopes },
  { name: 'keys-of-scopes', run: keysOfScopes },
  { name: 'channels', run: channels },
  { name: 'lists-in-order', run: listsInOrder },
  { name: 'incidents', run: incidents },
  { name: 'search-and-revisions', run: searchAndRevisions },
  { name: 'plans', run: plans },
  { name: 'audit-chain', run: auditChain },
  { name: 'presence', run: presence },
  { name: 'timestamping', run: timestamping },
  { name: 'run-remarks', run: runRemarks },
  { name: 'cancelled-by', run: cancelledBy },
  { name: 'users', run: users },
  { name: 'approvals', run: approvals },
  { name: 'verifications-and-routines', run: verificationsAndRoutines },
  { name: 'runs-of-plans', run: runsOfPlans },
  { name: 'owed-hooks', run: owedHooks },
  { name: 'acknowledged-incidents', run: acknowledgedIncidents },
  { name: 'identity-provider', run: identityProvider },
  { name: 'channel-failures', run: channelFailures },
  { name: 'seen-certificates', run: seenCertificates },
  { name: 'restores', run: restores },
]

/**
 * Brings the schema up to date, all steps in one transaction.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` when a newer program wrote the catalogue: an older one would not know what it
 * may not touch
 */
export async function migrate(engine: Engine, db: Database, clock: Clock): Promise<void> {
  if ((await reached(engine, db)) === migrations.length) return
  await db.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable('migration')
      .ifNotExists()
      .addColumn('number', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('applied_at', 'text', (column) => column.notNull())
      .execute()
    const done = await reached(engine, transaction)
    if (done > migrations.length) throw newer(done)
    for (const [index, { name, run }] of migrations.entries()) {
      if (index < done) continue
      await run(transaction as unknown as Kysely<unknown>, engine.dialect)
      const applied = { number: index + 1, name, applied_at: clock.now().toISOString() }
      await transaction.insertInto('migration').values(applied).execute()
    }
  })
}

/** @throws RedomaError `FORMAT_UNKNOWN` */
export async function requireKnown(engine: Engine, db: Database): Promise<void> {
  const done = await reached(engine, db)
  if (done > migrations.length) throw newer(done)
}

/** The number of the last migration that ran; 0 in an empty file. */
async function reached(engine: Engine, db: Database): Promise<number> {
  if (!(await engine.hasTable(db, 'migration'))) return 0
  const { number } = await db
    .selectFrom('migration')
    .select((query) => query.fn.max('number').as('number'))
    .executeTakeFirstOrThrow()
  return number
}

function newer(number: number): RedomaError {
  return new RedomaError(
    'FORMAT_UNKNOWN',
    `the catalogue is of version ${number}, and this program knows ${migrations.length} at most`,
    { hint: 'A newer Redoma wrote it: use that one.' },
  )
}
