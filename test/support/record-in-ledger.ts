import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { recordingInLedger } from '../../src/main/record-in-ledger.ts'
import { parseObjectName } from '../../src/ports/destination.ts'
import { toldToNobody } from './notifier.ts'
import { targetAt } from './target-at.ts'

/** A process of an instance: writes so many lines into the ledger of its first destination, one after the other, and tells of each. */
const [home = '', name = '', count = ''] = process.argv.slice(2)
const clock = { now: () => new Date() }
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const catalogue = await openCatalogue({ home, clock })
const [record] = await catalogue.destinations.list()
if (record?.spec.kind !== 'local') throw new Error('no destination')
const target = targetAt(record, localDestination(record.spec.path, clock))
const recordInLedger = recordingInLedger(catalogue, clock, silent, toldToNobody)
const { signal } = new AbortController()

for (let n = 0; n < Number(count); n++) {
  const object = parseObjectName(`secrets/${name}-${n}.age`)
  const draft = {
    event: 'put',
    kind: 'bundle',
    object,
    bytes: 1,
    sha256: 'b'.repeat(64),
    detail: {},
  } as const
  const warnings = await recordInLedger(target, [draft], signal)
  process.stdout.write(`${name}-${n} ${warnings.join('; ')}\n`)
}
await catalogue.close()
