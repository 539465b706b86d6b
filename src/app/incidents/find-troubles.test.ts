import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { anInstance, type TestInstance } from '../../../test/support/instance.ts'
import type { ErrorCode } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { PartOutcome, RunPart } from '../../ports/catalogue.ts'
import type { Condition, ProbeFindings } from '../../ports/destination-state.ts'
import type { VerificationEnd } from '../../ports/verification.ts'
import type { ReadinessReport } from '../readiness.ts'
import { makeFindTroubles } from './find-troubles.ts'
import { queueingNotifier } from './queueing-notifier.ts'

const done: PartOutcome = { kind: 'done' }
const ready = { readiness: { generation: 1 }, warnings: [] } as unknown as ReadinessReport

function failed(code: ErrorCode, message = 'no way', hint = 'Go there.'): PartOutcome {
  return { kind: 'failed', failure: { code, message, hint } }
}

/** An instance with a destination, `nas`, and a source, `files`. */
async function aWorld() {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  await addDestination(instance, 'nas')
  await addSource(instance, 'files')
  let report: ReadinessReport | undefined = ready
  const find = makeFindTroubles({ catalogue, clock, reportReadiness: async () => report })
  return {
    ...instance,
    find,
    isReady: (now: ReadinessReport | undefined) => {
      report = now
    },
    /** Kinds and keys of what is wrong. */
    found: async () => (await find()).map(({ kind, subject }) => `${kind} ${subject}`),
    run: async (...parts: readonly [RunPart['job'], string, string, PartOutcome][]) => {
      clock.advance(60_000)
      const run = await catalogue.runs.start(clock.now(), process.pid)
      for (const [job, source, destination, outcome] of parts) {
        const figures = { items: 0, itemsNew: 0, bytes: 0, bytesStored: 0 }
        const times = { startedAt: clock.now(), finishedAt: clock.now() }
        await catalogue.runs.addPart(run, { job, source, destination, outcome, figures, ...times })
      }
      await catalogue.runs.finish(run, { kind: 'done', finishedAt: clock.now() })
      return run
    },
  }
}

async function addDestination({ catalogue, clock }: TestInstance, name: string): Promise<string> {
  const id = randomUUID()
  const spec = { kind: 'local', path: `/mnt/${name}` } as const
  const runsBefore = (await catalogue.runs.list(1))[0]?.id ?? 0
  const record = { id, name, spec, repositoryPassword: new Secret('x'), createdAt: clock.now(), runsBefore }
  await catalogue.destinations.add(record)
  return id
}

async function addSource({ catalogue, clock }: TestInstance, name: string): Promise<void> {
  const spec = { kind: 'command', argv: ['/bin/true'] } as const
  await catalogue.sources.add({ name, spec, createdAt: clock.now() })
}

describe('of channels', () => {
  test('one that took nothing for over an hour is trouble, until it takes what waits or nothing waits for it', async () => {
    await using world = await aWorld()
    const { catalogue, clock } = world
    const { channels, notices } = catalogue
    const id = randomUUID()
    const spec = { kind: 'webhook', url: 'https://chat.example/x', preset: 'json' } as const
    const rules = { leastSeverity: 'warning', digestMinutes: 0 } as const
    await channels.add({ id, name: 'chat', spec, ...rules, createdAt: clock.now() })
    await notices.begin(id)
    const say = () =>
      notices.add('glass-opened', {
        ...{ title: 'x', severity: 'error', subject: 'x', text: 'x', fields: {}, at: clock.now() },
      })
    const first = await say()
    await notices.failed(id, 'refused', clock.now())
    clock.advance(59 * 60_000)
    await notices.failed(id, 'refused', clock.now())
    expect(await world.found()).toEqual([])

    clock.advance(60_000)
    await notices.failed(id, 'refused', clock.now())
    expect(await world.found()).toEqual(['channel-failing chat'])
    await notices.settle(id, [first], { kind: 'passed-over' }, clock.now())
    expect(await world.found()).toEqual([])
    const second = await say()
    expect(await world.found()).toEqual(['channel-failing chat'])
    await notices.settle(id, [second], { kind: 'told' }, clock.now())
    await say()
    expect(await world.found()).toEqual([])
  })
})

describe('of runs', () => {
  test.each<[ErrorCode, string]>([
    ['DESTINATION_FULL', 'backup-failed nas'],
    ['HOST_KEY_CHANGED', 'host-key-changed nas'],
    ['CERTIFICATE_REFUSED', 'certificate-changed nas'],
    ['SOURCE_UNREADABLE', 'source-unreadable files'],
    ['VERIFICATION_FAILED', 'verification-failed files'],
    ['REPOSITORY_DAMAGED', 'verification-failed files'],
    ['REPOSITORY_LOCKED', 'backup-failed files'],
  ])('one that failed with %s is %s, until one succeeds', async (code, trouble) => {
    await using world = await aWorld()

    await world.run(['system', 'files', 'nas', failed(code)])
    expect(await world.found()).toEqual([trouble])
    await world.run(['system', 'files', 'nas', done])
    expect(await world.found()).toEqual([])
  })

  test.each<[PartOutcome, string]>([
    [failed('SOURCE_EMPTY'), 'backup-empty credentials'],
    [failed('SOURCE_SHRUNKEN'), 'backup-shrunken credentials'],
    [{ kind: 'done-with-warnings', warnings: ['x'] }, 'backup-warned credentials'],
    [{ kind: 'done-with-warnings', warnings: ['x'], isDoubtful: true }, 'bundle-doubtful credentials'],
  ])('a bundle that ended with %j is %s', async (outcome, trouble) => {
    await using world = await aWorld()

    await world.run(['secrets', 'credentials', 'nas', outcome])

    expect(await world.found()).toEqual([trouble])
  })

  test('a destination that fails for many sources is one trouble, and a source that fails at many is one', async () => {
    await using world = await aWorld()
    await addDestination(world, 'far')
    for (const name of ['etc', 'home']) await addSource(world, name)

    await world.run(
      ['system', 'files', 'nas', failed('DESTINATION_UNREACHABLE')],
      ['system', 'etc', 'nas', failed('DESTINATION_UNREACHABLE')],
      ['system', 'home', 'nas', failed('SOURCE_UNREADABLE')],
      ['system', 'home', 'far', failed('SOURCE_UNREADABLE')],
    )

    expect(await world.find()).toMatchObject([
      {
        kind: 'backup-failed',
        subject: 'nas',
        title: 'Not backed up to nas: 2 sources',
        text: 'files; etc to nas: no way.',
        hint: 'Go there.',
        fields: { job: 'system', parts: 2, code: 'DESTINATION_UNREACHABLE' },
      },
      { kind: 'source-unreadable', subject: 'home', text: 'home to nas; far: no way.' },
    ])
  })

  test('what was not in the last run stays as it was, and what was removed since is no trouble', async () => {
    await using world = await aWorld()
    await addSource(world, 'etc')
    await world.run(
      ['system', 'files', 'nas', failed('SOURCE_UNREADABLE')],
      ['system', 'etc', 'nas', failed('SOURCE_UNREADABLE')],
      ['secrets', 'credentials of network', 'nas', failed('SOURCE_EMPTY')],
    )
    await world.run(['system', 'etc', 'nas', done])
    expect(await world.found()).toEqual(['source-unreadable files'])

    await world.catalogue.sources.remove('files')
    expect(await world.found()).toEqual([])

    await world.run(['system', 'etc', 'nas', failed('DESTINATION_FULL')])
    await world.catalogue.destinations.remove('nas')
    expect(await world.found()).toEqual([])
    await addDestination(world, 'nas')
    expect(await world.found()).toEqual([])
  })

  test('a job that came to nothing as a whole is one until it is done again', async () => {
    await using world = await aWorld()
    await world.run(['system', 'all', 'nas', failed('INTERNAL')])
    expect(await world.found()).toEqual(['backup-failed all'])

    await world.run(['secrets', 'credentials', 'nas', done])
    expect(await world.found()).toEqual(['backup-failed all'])

    await world.run(['system', 'files', 'nas', done])
    expect(await world.found()).toEqual([])
  })

  test('the last one, whose process died, is one', async () => {
    await using world = await aWorld()
    const run = await world.catalogue.runs.start(world.clock.now(), process.pid)
    await world.catalogue.runs.finish(run, { kind: 'lost' })

    expect(await world.found()).toEqual(['backup-failed run 1'])
    await world.run()
    expect(await world.found()).toEqual([])
  })

  test('one that somebody stopped is none, and mends nothing', async () => {
    await using world = await aWorld()
    const { runs } = world.catalogue
    const cancel = async (remarks: readonly string[] = []): Promise<void> => {
      const run = await runs.start(world.clock.now(), process.pid)
      await runs.finish(run, { kind: 'cancelled', finishedAt: world.clock.now(), by: 'eve' }, remarks)
    }
    await cancel()
    expect(await world.found()).toEqual([])

    await runs.finish(await runs.start(world.clock.now(), process.pid), { kind: 'lost' })
    await cancel()
    await cancel()
    expect(await world.found()).toEqual(['backup-failed run 2'])
    await cancel(['the hook after failed'])
    expect(await world.found()).toEqual(['backup-warned run 5', 'backup-failed run 2'])

    await world.run()
    expect(await world.found()).toEqual([])
  })

  test.each([
    ['failed', 'backup-failed run 1'],
    ['done-with-warnings', 'backup-warned run 1'],
  ] as const)('one that ended %s by what is in none of its parts is one', async (kind, trouble) => {
    await using world = await aWorld()
    const { catalogue, clock } = world
    const run = await catalogue.runs.start(clock.now(), process.pid)
    await catalogue.runs.finish(run, { kind, finishedAt: clock.now() }, ['there is no destination yet'])

    expect(await world.found()).toEqual([trouble])
    await world.run()
    expect(await world.found()).toEqual([])
  })

  test('one that began in the future tells of a clock that was set back', async () => {
    await using world = await aWorld()
    await world.run()
    world.clock.advance(-3 * 60_000)
    expect(await world.found()).toEqual([])

    world.clock.advance(-3 * 60_000)

    expect(await world.find()).toMatchObject([{ kind: 'clock-wrong', fields: { aheadSeconds: 360, run: 1 } }])
  })
})

describe('of destinations', () => {
  const failure = { code: 'DESTINATION_UNREACHABLE', message: 'write: no way' } as const
  const space = { freeBytes: 50, totalBytes: 1000 }

  test.each<[Condition, ProbeFindings, string | undefined, string]>([
    ['ok', { tookMs: 1, space }, undefined, ''],
    ['lost', { tookMs: 1, failure }, 'destination-lost nas', 'The last probe of nas failed: write: no way.'],
    [
      'lost',
      { tookMs: 1, failure: { ...failure, code: 'HOST_KEY_CHANGED' } },
      'host-key-changed nas',
      'The last probe of nas failed: write: no way.',
    ],
    [
      'read-only',
      { tookMs: 1, failure: { ...failure, code: 'DESTINATION_READ_ONLY' } },
      'destination-read-only nas',
      'The last probe of nas failed: write: no way.',
    ],
    [
      'slow',
      { tookMs: 12_300, space },
      'destination-slow nas',
      'nas took 12 s to write, sync, read back and remove four kibibytes.',
    ],
    [
      'nearly-full',
      { tookMs: 1, space },
      'destination-nearly-full nas',
      'nas has next to no room left. 5 % of it is free.',
    ],
    [
      'nearly-full',
      { tookMs: 1, space, daysLeft: 9.7 },
      'destination-filling nas',
      'If it goes on as in the last days, nas is full in 9 days. 5 % of it is free.',
    ],
  ])('one that is %s with %j is %s', async (condition, findings, trouble, text) => {
    await using world = await aWorld()
    const [record] = await world.catalogue.destinations.list()
    const since = world.clock.now()
    await world.catalogue.watch.record(record?.id ?? '', () => ({
      watch: { state: { condition, since, recent: [] }, findings, room: [] },
    }))

    const found = await world.find()

    expect(found.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(
      trouble === undefined ? [] : [trouble],
    )
    expect(found.map((one) => one.text)).toEqual(trouble === undefined ? [] : [text])
  })
})

describe('of the recovery key', () => {
  test('that there is none is one, and said once, though every job says so', async () => {
    await using world = await aWorld()
    world.isReady(undefined)
    await world.run(['secrets', 'credentials', 'nas', failed('CEREMONY_MISSING')])

    expect(await world.found()).toEqual(['ceremony-missing recovery key'])
  })

  test('that people might not be able to use it is one', async () => {
    await using world = await aWorld()
    world.isReady({ ...ready, warnings: ['The quorum is thin.', 'A drill is overdue.'] })

    expect(await world.find()).toMatchObject([
      {
        kind: 'readiness-doubtful',
        text: 'The quorum is thin. A drill is overdue.',
        fields: { generation: 1 },
      },
    ])
  })
})

describe('of verifications', () => {
  const day = 86_400_000
  const wrong = (...objects: string[]) =>
    ({
      kind: 'looked',
      findings: objects.map((object) => ({ object, message: `${object} is gone` })),
    }) as const
  const good = wrong()
  const lost = { kind: 'failed', failure: { code: 'DESTINATION_UNREACHABLE', message: 'no way' } } as const

  async function aVerifiedWorld() {
    const world = await aWorld()
    const [nas] = await world.catalogue.destinations.list()
    const id = nas?.id ?? ''
    const { verifications, readings } = world.catalogue
    return {
      ...world,
      id,
      ledger: (end: VerificationEnd) => verifications.record(id, 'ledger', end, world.clock.now()),
      repository: (end: VerificationEnd) => verifications.record(id, 'repository', end, world.clock.now()),
      slice: (isDamaged: boolean) =>
        readings.record(id, [{ slice: 3, isDamaged, readAt: world.clock.now() }]),
    }
  }

  test('what is wrong is trouble until it was looked at again and is good; that nobody could look changes nothing', async () => {
    await using world = await aVerifiedWorld()

    await world.repository(wrong('data/aa', 'data/bb'))
    const [found] = await world.find()
    expect(found).toMatchObject({
      kind: 'verification-failed',
      subject: 'nas',
      severity: 'critical',
      text: 'data/aa is gone; data/bb is gone.',
      hint: expect.stringContaining('redoma backup repair') as string,
      fields: { findings: 2 },
    })
    await world.repository(lost)
    expect(await world.found()).toEqual(['verification-failed nas'])
    await world.repository(good)
    expect(await world.found()).toEqual([])
  })

  test('the ledger, what it lists and the repository are troubles of their own', async () => {
    await using world = await aVerifiedWorld()

    await world.ledger(wrong('ledger.jsonl', 'secrets/a-1.age'))
    await world.repository(wrong('data/aa'))

    expect(await world.found()).toEqual([
      'ledger-broken nas',
      'verification-failed nas',
      'verification-failed nas',
    ])
    await world.ledger(wrong('secrets/a-1.age'))
    expect(await world.found()).toEqual(['verification-failed nas', 'verification-failed nas'])
  })

  test('damage that was read once stays trouble while the packs of that slice were not read whole, whatever else is good', async () => {
    await using world = await aVerifiedWorld()

    await world.slice(true)
    await world.repository(good)
    expect(await world.found()).toEqual(['verification-failed nas'])
    await world.slice(false)
    expect(await world.found()).toEqual([])
  })

  test('that a backup found a broken ledger is trouble until the ledger was verified good', async () => {
    await using world = await aVerifiedWorld()
    const { catalogue, clock, id } = world
    await world.ledger(wrong('secrets/a-1.age'))
    const find = {
      destinationId: id,
      destination: 'nas',
      what: 'rolled-back',
      remark: 'It was set back.',
    } as const

    await queueingNotifier({ catalogue, clock }).tell({ kind: 'ledger-broken', find })
    await queueingNotifier({ catalogue, clock }).tell({ kind: 'ledger-broken', find })

    expect(await world.find()).toMatchObject([
      { kind: 'ledger-broken', text: 'It was set back.', fields: { what: 'rolled-back', findings: 1 } },
      { kind: 'verification-failed', fields: { findings: 1 } },
    ])
    await world.ledger(good)
    expect(await world.found()).toEqual([])
  })

  test('a destination that nobody has verified for a period and a half is late, and not before; the last failure says why', async () => {
    await using world = await aVerifiedWorld()
    world.clock.advance(10 * day)
    expect(await world.found()).toEqual([])
    await world.repository(good)
    await world.ledger(lost)

    world.clock.advance(day)
    expect(await world.find()).toMatchObject([
      {
        kind: 'verification-late',
        subject: 'nas',
        fields: { code: 'DESTINATION_UNREACHABLE', periodSeconds: 604_800 },
      },
    ])
    await world.ledger(good)
    expect(await world.found()).toEqual([])
    const { catalogue, clock } = world
    world.clock.advance(30 * day)
    expect(await world.found()).toEqual(['verification-late nas'])
    const { schedule } = await catalogue.routines.get('verification')
    await catalogue.routines.set('verification', { isEnabled: false, schedule }, clock.now())
    expect(await world.found()).toEqual([])
  })
})
