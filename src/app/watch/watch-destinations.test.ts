import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { anInstance, type TestInstance } from '../../../test/support/instance.ts'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Log } from '../../ports/log.ts'
import type { News, Notifier } from '../../ports/notifier.ts'
import { noProgress } from '../../ports/progress.ts'
import { makeKeepWatching } from './keep-watching.ts'
import type { ProbeOutcome } from './probe-destination.ts'
import { makeWatchDestinations, type WatchDestinations } from './watch-destinations.ts'

const { signal } = new AbortController()
const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const good: ProbeOutcome = { kind: 'answered', tookMs: 1, space: undefined }
const bad: ProbeOutcome = {
  kind: 'failed',
  tookMs: 1,
  step: 'write',
  code: 'DESTINATION_UNREACHABLE',
  message: 'gone',
  hint: undefined,
}

async function addDestinations({ catalogue, clock }: TestInstance, ...names: string[]): Promise<void> {
  for (const name of names) {
    const spec = { kind: 'local', path: `/mnt/${name}` } as const
    const record = { id: randomUUID(), name, spec, repositoryPassword: new Secret('x'), runsBefore: 0 }
    await catalogue.destinations.add({ ...record, createdAt: clock.now() })
  }
}

/** A watch by which each destination is as `outcomes` says, minute after minute. */
function watchOf(
  { catalogue, clock }: Pick<TestInstance, 'catalogue' | 'clock'>,
  outcomes: Readonly<Record<string, ProbeOutcome | Promise<ProbeOutcome>>>,
  processId = process.pid,
): WatchDestinations {
  const watch = makeWatchDestinations({
    catalogue,
    clock,
    log: silent,
    processId,
    probe: async ({ name }) => (await outcomes[name]) ?? good,
  })
  return (request, stop) => {
    clock.advance(60_000)
    return watch(request, stop)
  }
}

/** Writes down what it is told. */
function scribe(): Notifier & { readonly told: string[] } {
  const told: string[] = []
  const tell = async (news: News): Promise<void> => {
    if (news.kind !== 'destination-changed') return
    const { change } = news
    told.push(`${change.id} ${change.destination} ${change.from}>${change.to}`)
  }
  return { told, tell }
}

function requestTo(notifier: Notifier, ...names: string[]) {
  return { names, notifier, progress: noProgress }
}

describe('a watch', () => {
  test('tells of each change once, lost and back, and of a hiccup not at all', async () => {
    await using instance = await anInstance()
    await addDestinations(instance, 'nas', 'far')
    const outcomes: Record<string, ProbeOutcome> = {}
    const watch = watchOf(instance, outcomes)
    const notifier = scribe()
    const rounds = [good, bad, good, bad, bad, bad, good, bad, good, good, good]

    for (const outcome of rounds) {
      outcomes['nas'] = outcome
      await watch(requestTo(notifier), signal)
    }

    const withoutIds = notifier.told.map((line) => line.slice(line.indexOf(' ') + 1))
    expect(withoutIds.filter((line) => line.startsWith('far'))).toEqual(['far unknown>ok'])
    expect(withoutIds.filter((line) => line.startsWith('nas'))).toEqual([
      'nas unknown>ok',
      'nas ok>lost',
      'nas lost>ok',
    ])
  })

  test('probes those that are named', async () => {
    await using instance = await anInstance()
    await addDestinations(instance, 'nas', 'far')

    const probed = await watchOf(instance, { far: bad })(requestTo(scribe(), 'far', 'gone'), signal)

    expect(
      probed.map(({ record, found, watch: { state } }) => [record.name, found, state.condition]),
    ).toEqual([['far', 'lost', 'unknown']])
  })

  test('records and tells of the others while one does not answer', async () => {
    await using instance = await anInstance()
    await addDestinations(instance, 'hangs', 'nas')
    const { promise, resolve } = Promise.withResolvers<ProbeOutcome>()
    const told = Promise.withResolvers<string>()
    const notifier: Notifier = {
      async tell(news) {
        if (news.kind === 'destination-changed') told.resolve(news.change.destination)
      },
    }

    const round = watchOf(instance, { hangs: promise })(requestTo(notifier), signal)

    expect(await told.promise).toBe('nas')
    resolve(bad)
    expect(await round).toHaveLength(2)
  })

  test('tells again later what could not be told, and goes on meanwhile', async () => {
    await using instance = await anInstance()
    await addDestinations(instance, 'nas')
    const watch = watchOf(instance, {})
    const deaf: Notifier = { tell: () => Promise.reject(new Error('no mail today')) }
    const notifier = scribe()

    await watch(requestTo(deaf), signal)
    await watch(requestTo(notifier), signal)
    await watch(requestTo(notifier), signal)

    expect(notifier.told).toEqual(['1 nas unknown>ok'])
  })

  test('does not tell twice what could not be marked as told', async () => {
    await using instance = await anInstance()
    await addDestinations(instance, 'nas')
    const { catalogue, clock } = instance
    let fails = 1
    const markTold: Catalogue['watch']['markTold'] = async (id, at) => {
      if (fails-- > 0) throw new RedomaError('FILE_FAILED', 'the catalogue: database is locked')
      await catalogue.watch.markTold(id, at)
    }
    const busy = { ...catalogue, watch: { ...catalogue.watch, markTold } }
    const watch = watchOf({ catalogue: busy, clock }, {})
    const notifier = scribe()

    for (let round = 0; round < 3; round++) await watch(requestTo(notifier), signal)

    expect(notifier.told).toEqual(['1 nas unknown>ok'])
    expect(await catalogue.watch.takeUntold(process.pid)).toEqual([])
  })

  test('of two at once tells of each change in one of them', async () => {
    await using instance = await anInstance()
    const names = Array.from({ length: 8 }, (_, index) => `nas-${index}`)
    await addDestinations(instance, ...names)
    const notifier = scribe()
    const watches = [watchOf(instance, {}), watchOf(instance, {}, process.ppid)]

    for (let round = 0; round < 3; round++)
      await Promise.all(watches.map((watch) => watch(requestTo(notifier), signal)))

    const told = notifier.told.map((line) => line.split(' ')[1]).toSorted()
    expect(told).toEqual(names)
  })
})

describe('to keep watching', () => {
  test('goes on when the catalogue is busy, and ends when it is told to', async () => {
    const stop = new AbortController()
    const troubles: string[] = []
    let rounds = 0
    const keepWatching = makeKeepWatching({
      watch: async () => {
        rounds++
        if (rounds === 2) throw new RedomaError('FILE_FAILED', 'the catalogue: database is locked')
        if (rounds === 4) stop.abort(new Error('enough'))
        return []
      },
      async wait(_, until) {
        until.throwIfAborted()
      },
      onTrouble: ({ message }) => troubles.push(message),
    })

    await keepWatching(requestTo(scribe()), 1, stop.signal)

    expect(rounds).toBe(4)
    expect(troubles).toEqual(['the catalogue: database is locked'])
  })

  test('ends with what does not pass', async () => {
    const damaged = new RedomaError('CATALOGUE_DAMAGED', 'a row')
    const keepWatching = makeKeepWatching({
      watch: () => Promise.reject(damaged),
      wait: () => Promise.resolve(),
      onTrouble: () => undefined,
    })

    await expect(keepWatching(requestTo(scribe()), 1, signal)).rejects.toBe(damaged)
  })
})
