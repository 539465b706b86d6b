import type { DestinationRecord } from '../ports/catalogue.ts'
import type { Log } from '../ports/log.ts'
import type { Progress } from '../ports/progress.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { logVerifications } from './log-verifications.ts'
import { leaseOfVerification } from './require-unverified.ts'
import type { DataToVerify, Verification } from './verify-backup.ts'
import type { WhileLeased } from './while-leased.ts'

export interface VerifyOneDeps {
  readonly log: Log
  /** Waits for nobody: what is verified already, by the schedule, by hand over the API or by another node, is not verified twice at once. */
  readonly whileLeased: WhileLeased
  /** What was found is kept. */
  readonly verify: (
    record: DestinationRecord,
    readData: DataToVerify,
    progress: Progress,
    signal: AbortSignal,
  ) => Promise<readonly Verification[]>
}

/** As the daemon verifies one destination. @throws RedomaError `RUN_UNDER_WAY`, `CANCELLED` */
export type VerifyOne = VerifyOneDeps['verify']

export function makeVerifyOne({ log, whileLeased, verify }: VerifyOneDeps): VerifyOne {
  return async (record, readData, progress, signal) => {
    const lease = leaseOfVerification(record)
    const verifying = () => verify(record, readData, progress, signal)
    const report = await whileLeased(lease, 'a verification', verifying, progress, signal)
    logVerifications(log, report)
    return report
  }
}

export interface VerifyEachDeps extends AuditedDeps {
  readonly verifyOne: VerifyOne
  /** By what was found, incidents are opened and closed. */
  keepIncidents(): Promise<unknown>
}

/**
 * Verifies destinations one after the other, since somebody asked for it.
 *
 * @param names all where there is none
 * @throws RedomaError `NOT_FOUND` before anything is looked at; `RUN_UNDER_WAY` when one of them is being verified, `CANCELLED`: what was found until then is kept
 */
export type VerifyEach = (
  names: readonly string[],
  readData: DataToVerify,
  progress: Progress,
  signal: AbortSignal,
) => Promise<readonly Verification[]>

export function makeVerifyEach(deps: VerifyEachDeps): VerifyEach {
  const { destinations } = deps.catalogue
  return async (names, readData, progress, signal) => {
    const records =
      names.length === 0
        ? await destinations.list()
        : await Promise.all([...new Set(names)].map((name) => destinations.get(name)))
    const subject = records.map(({ name }) => name).join(', ')
    await audit(deps, 'backup.verify', subject, readData.kind)
    const reports: Verification[] = []
    try {
      for (const record of records)
        reports.push(...(await deps.verifyOne(record, readData, progress, signal)))
    } finally {
      await deps.keepIncidents()
    }
    return reports
  }
}
