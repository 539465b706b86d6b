import { open } from 'node:fs/promises'
import { z } from 'zod'
import { isRedomaError, messageOf, RedomaError, systemCode } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { Gcm } from '../crypto/sealing.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { approvalStore } from './approvals.ts'
import { auditTrail } from './audit-trail.ts'
import { beginningRuns } from './beginning-runs.ts'
import { bundleRetentionStore } from './bundle-retention.ts'
import { bundleStore } from './bundles.ts'
import { certificateStore } from './certificates.ts'
import { channelStore } from './channels.ts'
import { credentialStore } from './credentials/store.ts'
import { watchStore } from './destination-states.ts'
import { destinationStore } from './destinations.ts'
import { drillStore } from './drills.ts'
import type { Engine, KeptPresence } from './engine.ts'
import { forgottenSnapshots } from './forgotten-snapshots.ts'
import { generationStore } from './generations.ts'
import { guardianStore } from './guardians.ts'
import { providerStore } from './identity-provider.ts'
import { incidentStore } from './incidents.ts'
import { readInstanceKey, restoreHint } from './instance-key.ts'
import { keptAnswers } from './kept-answers.ts'
import { leaseStore } from './leases.ts'
import { ledgerStore } from './ledgers.ts'
import { migrate, requireKnown } from './migrate.ts'
import { missedSnapshots } from './missed-snapshots.ts'
import { noticeQueue } from './notices.ts'
import { openingStore } from './openings.ts'
import { owedHookStore } from './owed-hooks.ts'
import { passStore } from './passes.ts'
import { placeOf } from './place.ts'
import { checkPlace, checkText, signingKeyPlace } from './places.ts'
import { planStore } from './plans.ts'
import { recordingStore } from './recording-copies.ts'
import { restoreStore } from './restores.ts'
import { routineStore } from './routines.ts'
import { column, parseRow } from './rows.ts'
import { runStore } from './runs.ts'
import { scopeStore } from './scopes.ts'
import { type SealedValues, sealedValues } from './sealed-values.ts'
import { readingStore } from './slice-readings.ts'
import { sourceStore } from './sources.ts'
import type { Database } from './tables.ts'
import { timestampingStore } from './timestamping.ts'
import { userStore } from './users.ts'
import { verificationStore } from './verifications.ts'

export interface OpenCatalogueDeps {
  /** The instance's folder. */
  readonly home: string
  readonly clock: Clock
  /** What systemd handed to this process: the instance key may be among it. */
  readonly credentials?: string | undefined
  /** The address of the PostgreSQL that holds the catalogue; absent: it is a SQLite file in `home`. */
  readonly database?: Secret | undefined
  /** Of this machine, for people on other nodes. */
  readonly hostName?: string | undefined
  /** How long other nodes take this process for alive that they hear nothing of, in milliseconds. */
  readonly believedMs?: number | undefined
  /** What opens very many sealed values faster than `node:crypto` does. */
  readonly loadPrimitives?: () => Promise<Gcm>
}

/**
 * Opens the instance's catalogue, and brings its schema up to date.
 *
 * @throws RedomaError `INSTANCE_MISSING`, `INSTANCE_KEY_WRONG`, `CATALOGUE_DAMAGED`, `FORMAT_UNKNOWN` (a newer program
 * wrote it), `FILE_FAILED`, `USAGE`, `CATALOGUE_UNREACHABLE`
 */
export async function openCatalogue(deps: OpenCatalogueDeps): Promise<Catalogue> {
  const { home, clock, database, loadPrimitives, hostName = '', believedMs = 60_000 } = deps
  const place = await placeOf(home, database)
  const { engine } = place
  let presence: KeptPresence | undefined
  const db = engine.open(() => presence?.id)
  let sealed: SealedValues | undefined
  try {
    await place.requireInstance(db)
    const key = await readInstanceKey(deps)
    sealed = sealedValues(key.bytes, loadPrimitives)
    await migrate(engine, db, clock)
    const row = await readIdentity(db, sealed, key.path)
    presence = await engine.attend({ clock, host: hostName, believedMs })
    return catalogueOf({ engine, db, reader: engine.open(), sealed, clock, row, presence })
  } catch (error) {
    await db.destroy()
    sealed?.forgetKey()
    throw error
  }
}

type InstanceRow = z.output<typeof instanceRow>

interface Opened {
  readonly engine: Engine
  readonly db: Database
  readonly reader: Database
  readonly sealed: SealedValues
  readonly clock: Clock
  readonly row: InstanceRow
  readonly presence: KeptPresence
}

function catalogueOf({ engine, db, reader, sealed, clock, row, presence }: Opened): Catalogue {
  let isAppliance = row.appliance === 1
  const beginning = beginningRuns(db, presence)
  return {
    get instance() {
      return { id: row.id, name: row.name, createdAt: row.created_at, isAppliance }
    },
    async setAppliance(wanted) {
      await db
        .updateTable('instance')
        .set({ appliance: wanted ? 1 : 0 })
        .execute()
      isAppliance = wanted
    },
    async refresh() {
      await requireKnown(engine, db)
      const [now] = await db.selectFrom('instance').select('appliance').execute()
      isAppliance = now?.appliance === 1
    },
    signingKey: () => Promise.resolve(sealed.open(signingKeyPlace(row.id), row.sealed_signing_key)),
    credentials: credentialStore({ db, reader, sealed, clock }),
    sources: sourceStore(db),
    destinations: destinationStore(db, sealed),
    generations: generationStore(db, sealed),
    guardians: guardianStore(db),
    drills: drillStore(db),
    runs: runStore(db, beginning),
    plans: planStore(db, beginning),
    leases: leaseStore(db, presence),
    bundles: bundleStore(db),
    scopes: scopeStore(db),
    timestamping: timestampingStore(db),
    bundleRetention: bundleRetentionStore(db),
    openings: openingStore(db, sealed),
    approvals: approvalStore(db, sealed),
    tagValues: (source, record) => sealed.tagValues(source, record),
    recordings: recordingStore(db),
    ledgers: ledgerStore(db),
    readings: readingStore(db),
    verifications: verificationStore(db),
    restores: restoreStore(db, sealed, presence),
    routines: routineStore(db, row.created_at),
    owedHooks: owedHookStore(db, presence),
    forgotten: forgottenSnapshots(db),
    missed: missedSnapshots(db),
    watch: watchStore(db, presence),
    certificates: certificateStore(db),
    serverCertificate: () => engine.shown?.(),
    channels: channelStore(db),
    incidents: incidentStore(db, sealed),
    notices: noticeQueue(db),
    keptAnswers: keptAnswers(db, sealed),
    users: userStore(db, sealed),
    identityProvider: providerStore(db, sealed),
    passes: passStore(db, sealed),
    passMac: (text) => sealed.passMac(text),
    audit: auditTrail(db, sealed),
    copyTo: (path) => copyTo(engine, db, path),
    presence,
    async close() {
      await presence.end()
      await reader.destroy()
      await db.destroy()
      sealed.forgetKey()
    },
  }
}

const instanceRow = z.object({
  id: z.uuid(),
  name: z.string(),
  created_at: column.time,
  sealed_check: column.bytes,
  sealed_signing_key: column.bytes,
  appliance: z.int().min(0).max(1),
})

async function readIdentity(db: Database, sealed: SealedValues, keyPath: string): Promise<InstanceRow> {
  const rows = await db.selectFrom('instance').selectAll().execute()
  const row = parseRow(z.tuple([instanceRow]), rows)[0]
  try {
    if (sealed.open(checkPlace(row.id), row.sealed_check).reveal() === checkText) return row
  } catch (error) {
    if (!isRedomaError(error, 'INSTANCE_KEY_WRONG')) throw error
  }
  throw new RedomaError('INSTANCE_KEY_WRONG', `${keyPath} is not the key that sealed this catalogue`, {
    hint: restoreHint,
  })
}

async function copyTo(engine: Engine, db: Database, path: string): Promise<void> {
  // Made here, since SQLite would make it readable by others.
  const made = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const code = systemCode(error) === 'EEXIST' ? 'ALREADY_EXISTS' : 'FILE_FAILED'
    throw new RedomaError(code, `no copy of the catalogue: ${messageOf(error)}`, { cause: error })
  })
  await made.close()
  await engine.copyTo(db, path)
}
