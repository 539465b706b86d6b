import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { openRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { type Ceph, cephMissing, startCeph } from '../support/ceph.ts'
import { describeTree } from '../support/compare-trees.ts'
import { describeSnapshot } from '../support/describe-snapshot.ts'
import { initCheaply } from '../support/handmade-repository.ts'
import { type Meddling, meddleNot, type Proxy, startProxy } from '../support/proxy.ts'
import { aBackup, placeOf } from '../support/repositories.ts'
import { bucketAt } from '../support/s3.ts'
import { makeBucket } from '../support/s3-requests.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const points = 20
/** Of a run: it ends sooner, but what waits for other tests on this machine must not fail it. */
const longestRunMs = 20_000
const hasty = { wait: (): Promise<void> => pause(5) }

/** From so many bytes on, all that goes to the store is lost: told at once, or never. */
const losses: Record<'cut' | 'silent', (limit: number) => Meddling> = {
  cut: (limit) => {
    let passed = 0
    return (way, bytes) => (way === 'up' && (passed += bytes.length) > limit ? 'cut' : bytes)
  },
  silent: (limit) => {
    let passed = 0
    return (way, bytes) => (way === 'up' && (passed += bytes.length) > limit ? Buffer.alloc(0) : bytes)
  },
}

describe.skipIf(cephMissing())('a backup to S3', () => {
  let ceph: Ceph
  let folder: TemporaryFolder
  let source: string
  beforeAll(async () => {
    ceph = await startCeph()
    await makeBucket(ceph, 'copies')
    folder = await temporaryFolder()
    source = join(folder.path, 'source')
    await mkdir(source)
    for (let n = 0; n < 8; n++) await writeFile(join(source, `${n}`), seededBytes(n, 200_000))
  }, 120_000)
  afterAll(async () => {
    await folder[Symbol.asyncDispose]()
    await ceph[Symbol.asyncDispose]()
  })

  test.concurrent.each(['cut', 'silent'] as const)(
    'whose store is %s from any of twenty points on ends in time, tells of it, and loses nothing',
    { timeout: 2 * points * longestRunMs },
    async (loss) => {
      await using proxy = await startProxy(ceph.port)
      const bytes = await bytesOfARun(proxy, `${loss}/whole`)
      for (let point = 0; point < points; point++) {
        const label = `${loss} at ${point}`
        const prefix = `${loss}/${point}`
        await using direct = at(ceph.port, prefix)
        await using through = at(proxy.port, prefix, 150)
        await initCheaply(placeOf(direct))
        proxy.meddle = losses[loss](Math.round((bytes * point) / points))
        const began = performance.now()
        await expect(openAndRun(through), label).rejects.toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
        expect(performance.now() - began).toBeLessThan(longestRunMs)
        proxy.meddle = meddleNot

        // Whoever looks at it from elsewhere finds nothing half, and the next run completes.
        using repository = await openRepository(placeOf(direct), signal)
        expect({ label, problems: await problemsOf(repository) }).toEqual({ label, problems: [] })
        expect((await listSnapshots(repository, signal)).snapshots).toEqual([])
        const { snapshotId } = await run(repository)
        expect({ label, problems: await problemsOf(repository) }).toEqual({ label, problems: [] })
        expect(await describeSnapshot(repository, snapshotId)).toEqual(describeTree(source))
      }
    },
  )

  test.concurrent('whose store stumbles at any of twenty points does not notice', {
    timeout: 120_000,
  }, async () => {
    await using proxy = await startProxy(ceph.port)
    const bytes = await bytesOfARun(proxy, 'stumbling/whole')
    for (let point = 0; point < points; point++) {
      const prefix = `stumbling/${point}`
      await using through = at(proxy.port, prefix)
      await initCheaply(placeOf(through))
      const limit = Math.round((bytes * point) / points)
      let [passed, before] = [0, false]
      proxy.meddle = (way, chunk) => {
        if (way === 'down' || before || (passed += chunk.length) <= limit) return chunk
        before = true
        return 'cut'
      }
      const { snapshotId } = await openAndRun(through)
      proxy.meddle = meddleNot

      using repository = await openRepository(placeOf(through), signal)
      expect({ point, before }).toEqual({ point, before: true })
      expect(await describeSnapshot(repository, snapshotId)).toEqual(describeTree(source))
    }
  })

  function at(port: number, prefix: string, stallMs = 30_000): Destination & AsyncDisposable {
    return bucketAt({ endpoint: `http://127.0.0.1:${port}` }, 'copies', { prefix }, { ...hasty, stallMs })
  }

  async function openAndRun(destination: Destination): ReturnType<typeof backUp> {
    using repository = await openRepository(placeOf(destination), signal)
    return await run(repository)
  }

  function run(repository: Repository): ReturnType<typeof backUp> {
    return backUp(repository, aBackup([source]), quiet, signal)
  }

  /** How many go to the store. */
  async function bytesOfARun(proxy: Proxy, prefix: string): Promise<number> {
    await using destination = at(proxy.port, prefix)
    await initCheaply(placeOf(destination))
    let sent = 0
    proxy.meddle = (way, bytes) => {
      if (way === 'up') sent += bytes.length
      return bytes
    }
    await openAndRun(destination)
    proxy.meddle = meddleNot
    return sent
  }
})

async function problemsOf(repository: Repository): Promise<readonly unknown[]> {
  const { problems } = await checkRepository(repository, { readData: { kind: 'none' } }, quiet, signal)
  return problems
}
