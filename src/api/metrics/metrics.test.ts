import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { programMissing } from '../../../test/support/programs.ts'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { Secret } from '../../core/secret.ts'
import type { DestinationRecord, PartOutcome, RunPart } from '../../ports/catalogue.ts'
import { writeMetrics } from './write-metrics.ts'

describe('the figures for Prometheus', () => {
  test('tell how old the last good copy is of each source at each destination, though a failed one came after', async () => {
    await using served = await aServedInstance()
    const { runs, destinations } = served.instance.catalogue
    await destinations.add(aDestination('nas'))
    await addRun(served, [aPart(served, 'secrets', 'credentials', done)])
    served.instance.clock.advance(3_600_000)
    await addRun(served, [aPart(served, 'secrets', 'credentials', failed)])

    const samples = parseStrictly(await figures(served))

    const labels = 'destination="nas",kind="secrets",source="credentials"'
    expect(samples.get(`redoma_last_good_copy_age_seconds{${labels}}`)).toBe(3600)
    expect(samples.get(`redoma_last_good_copy_duration_seconds{${labels}}`)).toBe(60)
    expect(samples.get(`redoma_last_good_copy_bytes{${labels}}`)).toBe(2000)
    expect(samples.get(`redoma_last_good_copy_stored_bytes{${labels}}`)).toBe(300)
    expect(samples.get(`redoma_last_copy_failed{${labels}}`)).toBe(1)
    expect(samples.get('redoma_runs{state="done"}')).toBe(2)
    expect(await runs.count()).toMatchObject({ done: 2, failed: 0 })
  })

  test('tell when each destination was last read back, what was wrong then, and that it could not be done since', async () => {
    await using served = await aServedInstance()
    const { destinations, verifications } = served.instance.catalogue
    const nas = aDestination('nas')
    await destinations.add(nas)
    const at = served.instance.clock.now()
    const findings = [{ object: 'ledger.jsonl', message: 'was cut' }]
    await verifications.record(nas.id, 'ledger', { kind: 'looked', findings }, at)
    const failure = { code: 'DESTINATION_UNREACHABLE', message: 'is away' } as const
    await verifications.record(nas.id, 'ledger', { kind: 'failed', failure }, at)

    const samples = parseStrictly(await figures(served))

    const labels = 'destination="nas",what="ledger"'
    expect(samples.get(`redoma_last_verification_timestamp_seconds{${labels}}`)).toBe(at.getTime() / 1000)
    expect(samples.get(`redoma_last_verification_findings{${labels}}`)).toBe(1)
    expect(samples.get(`redoma_last_verification_failed{${labels}}`)).toBe(1)
  })

  test('leave out sources that were removed, and what another destination of this name got', async () => {
    await using served = await aServedInstance()
    const { destinations, sources } = served.instance.catalogue
    const createdAt = served.instance.clock.now()
    for (const name of ['etc', 'web']) {
      await sources.add({ name, spec: { kind: 'sqlite', path: '/x' }, createdAt })
    }
    const first = await addRun(served, [aPart(served, 'system', 'etc', done)])
    await destinations.add({ ...aDestination('nas'), runsBefore: first })
    await addRun(served, [aPart(served, 'system', 'web', done), aPart(served, 'system', 'gone', done)])

    const named = [...parseStrictly(await figures(served)).keys()].filter((key) => key.includes('_age_'))

    expect(named).toEqual(['redoma_last_good_copy_age_seconds{destination="nas",kind="system",source="web"}'])
  })

  test('tell the condition of each destination, what is free there, and when it will be full', async () => {
    await using served = await aServedInstance()
    const { catalogue, clock } = served.instance
    const nas = aDestination('nas')
    await catalogue.destinations.add(nas)
    const at = (day: number): Date => new Date(clock.now().getTime() + day * 86_400_000)
    await catalogue.watch.record(nas.id, () => ({
      watch: {
        state: { condition: 'slow', since: at(0), recent: [{ condition: 'slow', at: at(4) }] },
        findings: { tookMs: 10, space: { freeBytes: 600, totalBytes: 5000 } },
        room: [0, 1, 2, 3, 4].map((day) => ({ at: at(day), freeBytes: 1000 - day * 100 })),
      },
    }))

    const samples = parseStrictly(await figures(served))

    expect(samples.get('redoma_destination_condition{condition="slow",destination="nas"}')).toBe(1)
    expect(samples.get('redoma_destination_condition{condition="ok",destination="nas"}')).toBe(0)
    expect(samples.get('redoma_destination_free_bytes{destination="nas"}')).toBe(600)
    expect(samples.get('redoma_destination_size_bytes{destination="nas"}')).toBe(5000)
    expect(samples.get('redoma_destination_full_in_seconds{destination="nas"}')).toBe(6 * 86_400)
  })

  test('hold no line that a name has broken', () => {
    const text = writeMetrics([
      {
        name: 'a',
        help: 'x\\y\nz',
        type: 'gauge',
        samples: [{ labels: { b: 'q"\\\n' }, value: Number.NaN }],
      },
    ])

    expect(text).toBe('# HELP a x\\\\y\\nz\n# TYPE a gauge\na{b="q\\"\\\\\\n"} NaN\n')
  })

  test.skipIf(programMissing('promtool'))('find nothing that promtool would mend', async () => {
    await using served = await aServedInstance()
    await served.instance.catalogue.destinations.add(aDestination('nas'))
    await addRun(served, [aPart(served, 'secrets', 'credentials', done)])

    const said = execFileSync('promtool', ['check', 'metrics'], {
      input: await figures(served),
      encoding: 'utf8',
    })

    expect(said).toBe('')
  })
})

async function figures({ api }: Served): Promise<string> {
  const answer = await api.request('/metrics')
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return answer.text()
}

const done: PartOutcome = { kind: 'done' }
const failed: PartOutcome = { kind: 'failed', failure: { code: 'DESTINATION_FULL', message: 'full' } }

function aPart({ instance }: Served, job: RunPart['job'], source: string, outcome: PartOutcome): RunPart {
  const finishedAt = instance.clock.now()
  const startedAt = new Date(finishedAt.getTime() - 60_000)
  const figures = { items: 10, itemsNew: 1, bytes: 2000, bytesStored: 300 }
  return { job, source, destination: 'nas', outcome, figures, startedAt, finishedAt }
}

async function addRun({ instance }: Served, parts: readonly RunPart[]): Promise<number> {
  const { runs } = instance.catalogue
  const run = await runs.start(instance.clock.now(), process.pid)
  for (const part of parts) await runs.addPart(run, part)
  await runs.finish(run, { kind: 'done', finishedAt: instance.clock.now() })
  return run
}

function aDestination(name: string): DestinationRecord {
  return {
    id: crypto.randomUUID(),
    name,
    spec: { kind: 'local', path: `/mnt/${name}` },
    repositoryPassword: new Secret('x'),
    createdAt: new Date('2026-03-01T05:00:00Z'),
    runsBefore: 0,
  }
}

const nameForm = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const sampleForm = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/

/** By name and sorted labels. Refuses what the format does not allow: a metric without its two lines, or two of them, or a sample twice. */
function parseStrictly(text: string): Map<string, number> {
  expect(text.endsWith('\n')).toBe(true)
  const samples = new Map<string, number>()
  const seen = new Set<string>()
  let [helped, typed] = ['', '']
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = ''] = /^# (HELP|TYPE) (\S+) ./.exec(line) ?? []
    if (kind === 'HELP') {
      expect(name).toMatch(nameForm)
      expect(seen.has(name)).toBe(false)
      seen.add(name)
      helped = name
    } else if (kind === 'TYPE') {
      expect(name).toBe(helped)
      typed = name
    } else {
      const [, metric, labels = '', value] = sampleForm.exec(line) ?? []
      expect(metric, line).toBe(typed)
      const sorted = (labels.match(/\w+="(?:[^"\\]|\\.)*"/g) ?? []).toSorted().join(',')
      const key = sorted === '' ? typed : `${typed}{${sorted}}`
      expect(samples.has(key), key).toBe(false)
      expect(Number.isFinite(Number(value)), line).toBe(true)
      samples.set(key, Number(value))
    }
  }
  return samples
}
