import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { admitOwner } from '../../src/api/admission.ts'
import type { ServedInstance } from '../../src/api/deps.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { makeReportReadiness } from '../../src/app/readiness.ts'
import { createInstance } from '../../src/catalogue/create-instance.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { consoleTable } from '../peers/console-table.ts'
import { fillCatalogue } from './fill-catalogue.ts'

/*
 * How long lists of the API take on a large instance, by the daemon's own handlers, from the request to the last byte of the answer:
 *
 *     npm run bench:api -- [--runs 1000000] [--credentials 100000] [--recordings 1000000] [--rounds 15] [--folder /tmp]
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    credentials: { type: 'string', default: '100000' },
    recordings: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '15' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const paths = [
  '/api/v1/runs',
  '/api/v1/runs?direction=asc',
  '/api/v1/runs?state=failed',
  '/api/v1/runs?destination=usb',
  '/api/v1/runs?destination=nas&job=system',
  '/api/v1/runs?source=rare',
  '/api/v1/runs?destination=nas&source=etc&job=system&state=failed',
  '/api/v1/runs?since=2005-01-01T00:00:00Z&until=2006-01-01T00:00:00Z',
  '/api/v1/runs?since=2005-01-01T00:00:00Z&destination=usb',
  '/api/v1/credentials',
  '/api/v1/credentials?direction=desc',
  '/api/v1/credentials?sort=changedAt&direction=desc',
  '/api/v1/credentials?search=server+77777',
  '/api/v1/credentials?search=example',
  '/api/v1/credentials?search=nothing+of+the+kind',
  '/api/v1/credentials?folder=site+7&sort=title',
  '/api/v1/credentials?tag=tag7',
  '/api/v1/recordings',
  '/api/v1/recordings?since=2010-01-01T00:00:00Z&until=2010-02-01T00:00:00Z',
  '/api/v1/instance',
  '/metrics',
]
const home = await mkdtemp(join(values.folder, 'redoma-bench-api-'))
const clock = { now: () => new Date() }
try {
  await createInstance(home, 'bench', clock)
  await fillCatalogue(home, {
    runs: Number(values.runs),
    credentials: Number(values.credentials),
    recordings: Number(values.recordings),
  })
  await using disposing = new AsyncDisposableStack()
  const catalogue = await openCatalogue({ home, clock })
  disposing.defer(() => catalogue.close())
  const log = { info: () => undefined, warn: () => undefined, error: console.error }
  const instance = {
    catalogue,
    log,
    reportReadiness: makeReportReadiness({ catalogue, clock }),
  } as Partial<ServedInstance>
  const stopping = new AbortController().signal
  const api = makeApi(
    { instance: instance as ServedInstance, clock, version: '0', stopping },
    admitOwner('tester'),
  )
  const rows: string[][] = []
  for (const path of paths) {
    const took: number[] = []
    // The second page of each, too: a cursor is what a long list is read by.
    for (let round = 0, cursor = ''; round < Number(values.rounds); round++) {
      const begun = performance.now()
      const answer = await api.request(`${path}${cursor}`)
      const text = await answer.text()
      took.push(performance.now() - begun)
      if (answer.status !== 200) throw new Error(`${path}: ${text}`)
      const { next } = path === '/metrics' ? {} : (JSON.parse(text) as { next?: string })
      cursor = next === undefined ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}`
    }
    const sorted = took.toSorted((a, b) => a - b)
    const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1)
    rows.push([path, at(0.5), at(1), (took[0] ?? 0).toFixed(1)])
  }
  console.log(consoleTable(['request', 'median ms', 'longest ms', 'first ms'], rows))
} finally {
  await rm(home, { recursive: true, force: true })
}
