import { join } from 'node:path'
import type { BackUp } from '../app/create-backup.ts'
import type { RecordInLedger } from '../app/record-in-ledger.ts'
import type { Target } from '../app/target.ts'
import type { WhileLeased } from '../app/while-leased.ts'
import { type KeyPlaces, readInstanceKey } from '../catalogue/instance-key.ts'
import { toHex } from '../core/bytes.ts'
import { Secret } from '../core/secret.ts'
import { loadFileCalls, loadPrimitives } from '../crypto/native.ts'
import type { Catalogue, DestinationRecord } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Job } from '../ports/progress.ts'
import { lazily } from './lazily.ts'
import { type Settings, serviceFolders } from './settings.ts'

interface BackupJobsDeps {
  readonly settings: Settings
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly log: Log
  /** How much of the credentials of the bundle before must be left, from 0 to 1. */
  readonly leastShare?: number | undefined
  /** Of the snapshots, beside Redoma's own. */
  readonly tags: readonly string[]
  /** Names of the sources that the system backup and recordings are limited to. */
  readonly only?: readonly string[] | undefined
  readonly whileLeased: WhileLeased
  readonly recordInLedger: RecordInLedger
  readonly notifier: Notifier
  readonly reach: (record: DestinationRecord) => Promise<Target>
  /** How long others are waited for who work on the repository, in milliseconds. */
  readonly patienceMs: number
  /** Tells the person who started it. */
  readonly warn: (message: string) => void
}

/** The three jobs, with all that they need; a run of one does not wait for the modules of the others. */
export function backupJobs(deps: BackupJobsDeps): Readonly<Record<Job, BackUp>> {
  const { catalogue, clock, leastShare, tags, whileLeased, recordInLedger, patienceMs } = deps
  const { ledgers } = catalogue
  const { home, hostName, machineName, actor: username } = deps.settings
  const primitives = loadPrimitives()
  const common = { catalogue, clock, primitives, recordInLedger }
  return {
    secrets: lazily(async () => {
      const { makeBackUpSecrets } = await import('../app/back-up-secrets.ts')
      const { agreedBefore } = await import('../app/approvals/require-second-person.ts')
      const { makeForgetBundles } = await import('../app/bundles/forget-bundles.ts')
      const { makeKeepBundles } = await import('../app/bundles/keep-bundles.ts')
      const { makePlanForgetBundles } = await import('../app/bundles/plan-forget-bundles.ts')
      const { readOpeners } = await import('./read-openers.ts')
      const { secretsSources } = await import('./secrets-sources.ts')
      return makeBackUpSecrets({
        ...common,
        leastShare,
        hostName,
        runFolder: join(home, 'run'),
        sources: () => secretsSources(catalogue),
        instanceKeyHex: () => instanceKeyHex({ home, credentials: deps.settings.systemd.credentials }),
        openers: () => readOpeners(deps.warn),
        notifier: deps.notifier,
        keepBundles: makeKeepBundles({
          catalogue,
          planForgetBundles: makePlanForgetBundles({ ledgers, clock }),
          forgetBundles: makeForgetBundles({
            catalogue,
            clock,
            actor: username,
            recordInLedger,
            requireSecondPerson: agreedBefore,
          }),
        }),
      })
    }),
    system: lazily(async () => {
      const { makeBackUpSystem } = await import('../app/back-up-system.ts')
      const { collectEnvironment } = await import('../sources/environment/collect-environment.ts')
      const { databasesOf } = await import('./database-deps.ts')
      return makeBackUpSystem({
        ...common,
        log: deps.log,
        home,
        serviceFolders: serviceFolders(deps.settings),
        hostname: hostName,
        username,
        tags,
        only: deps.only,
        collectEnvironment,
        databaseSource: databasesOf(catalogue.credentials, home),
        whileLeased,
        reach: deps.reach,
        locking: { hostname: machineName, patienceMs },
        fileCalls: loadFileCalls(),
      })
    }),
    recordings: lazily(async () => {
      const { makeBackUpRecordings } = await import('../app/back-up-recordings.ts')
      return makeBackUpRecordings({
        ...common,
        home,
        serviceFolders: serviceFolders(deps.settings),
        only: deps.only,
      })
    }),
  }
}

async function instanceKeyHex(places: KeyPlaces): Promise<Secret> {
  const { bytes } = await readInstanceKey(places)
  const hex = new Secret(toHex(bytes))
  bytes.fill(0)
  return hex
}
