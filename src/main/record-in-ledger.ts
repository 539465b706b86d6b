import { makeRecordInLedger, type RecordInLedger } from '../app/record-in-ledger.ts'
import { makeWhileLeased } from '../app/while-leased.ts'
import { wait } from '../core/wait.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Notifier } from '../ports/notifier.ts'
import { noProgress } from '../ports/progress.ts'

/** Others hold it for as long as a ledger takes to be read and written, at a slow destination of some minutes. */
const patienceMs = 10 * 60_000
const pauseMs = 50

/** Of this process. Others of the instance may write the same ledgers: each line waits for its turn among them, and takes that of one that died. */
export function recordingInLedger(
  catalogue: Catalogue,
  clock: Clock,
  log: Log,
  notifier: Notifier,
): RecordInLedger {
  const { instance, ledgers } = catalogue
  const whileLeased = makeWhileLeased({
    catalogue,
    clock,
    log,
    processId: process.pid,
    patienceMs,
    wait: (_, signal) => wait(pauseMs, signal),
  })
  return makeRecordInLedger({
    instance,
    ledgers,
    signingKey: () => catalogue.signingKey(),
    clock,
    notifier,
    whileWriting: ({ id, name }, work, signal) =>
      whileLeased({ id: `ledger of ${id}`, name }, 'the ledger', work, noProgress, signal),
  })
}
