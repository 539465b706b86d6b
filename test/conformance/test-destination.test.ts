import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Target } from '../../src/app/target.ts'
import { makeTestDestination } from '../../src/app/test-destination.ts'
import { Secret } from '../../src/core/secret.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Catalogue } from '../../src/ports/catalogue.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { noProgress } from '../../src/ports/progress.ts'
import { handTurnedClock } from '../support/clock.ts'
import { targetAt } from '../support/target-at.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const clock = handTurnedClock()
const target = (destination: Destination, path: string): Target => {
  const place = { id: '0', name: 'share', spec: { kind: 'local', path } } as const
  const record = { ...place, repositoryPassword: new Secret(''), createdAt: clock.now(), runsBefore: 0 }
  return targetAt(record, destination)
}
const catalogue = {
  runs: { list: async () => [] },
  sources: { list: async () => [] },
} as unknown as Pick<Catalogue, 'runs' | 'sources'>
const deps = { catalogue, clock: { now: () => new Date() }, remarksOn: async () => [] }
const testDestination = makeTestDestination(deps)

test('a good folder keeps every promise, and nothing of the test stays there', async () => {
  await using folder = await temporaryFolder()
  const destination = localDestination(folder.path, clock)

  const report = await testDestination(target(destination, folder.path), noProgress, signal)

  expect(report.checks.filter((check) => check.outcome.kind === 'broken')).toEqual([])
  expect(report.kept).toBe(true)
  expect(report.latencyMs).toBeGreaterThan(0)
  expect(report.speed?.write).toBeGreaterThan(0)
  expect(report.clockAheadMs).toBe(0)
  expect(report.space?.totalBytes).toBeGreaterThan(0)
  expect(report.remarks.join()).toContain('is not a backup')
  expect(await readdir(folder.path)).toEqual([])
})

test('a folder that is not there is said to be unreachable, once', async () => {
  const path = '/nonexistent/share'

  const report = await testDestination(target(localDestination(path, clock), path), noProgress, signal)

  expect(report.kept).toBe(false)
  expect(report.checks).toHaveLength(1)
  expect(report.checks[0]?.outcome).toMatchObject({ failure: { code: 'DESTINATION_UNREACHABLE' } })
})

test('a test that is stopped at a destination that hangs ends soon, though it tidies up', async () => {
  const never = (words: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      words.addEventListener('abort', () => {
        reject(words.reason as Error)
      })
    })
  const hanging: Destination = {
    ...memoryDestination(),
    put: (_name, _body, stop) => never(stop),
    async *list(_prefix, stop) {
      yield await never(stop)
    },
  }
  const stop = new AbortController()
  const testing = makeTestDestination({ ...deps, tidyingMs: 20 })(
    target(hanging, '/x'),
    noProgress,
    stop.signal,
  )

  stop.abort(new Error('enough'))

  await expect(testing).rejects.toThrow('enough')
})

test('a destination that alters what it is given is found out', async () => {
  const inner = memoryDestination()
  const altering: Destination = {
    ...inner,
    async *get(name, range) {
      for await (const chunk of inner.get(name, range, signal)) yield chunk.map((byte) => byte ^ 1)
    },
  }

  const report = await testDestination(target(altering, '/x'), noProgress, signal)

  expect(report.kept).toBe(false)
  expect(report.checks[0]?.outcome).toMatchObject({ failure: { code: 'VERIFICATION_FAILED' } })
})
