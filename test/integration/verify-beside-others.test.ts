import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { lockToRead } from '../../src/repository/locks/lock-to-read.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { aBackup, placeAt } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined

test.each(['keys', 'snapshots', 'data', 'index'])(
  'a backup while a check has just listed %s gives no finding',
  async (listed) => {
    await using folder = await temporaryFolder()
    const [source, at] = [join(folder.path, 'source'), join(folder.path, 'repository')]
    await mkdir(source)
    await mkdir(at)
    const write = (name: string, seed: number): Promise<void> =>
      writeFile(join(source, name), seededBytes(seed, 5000))
    await write('first', 1)
    const other = await initRepository(placeAt(at), signal)
    await backUp(other, aBackup([source]), quiet, signal)
    let met = 0
    const place = placeAt(at)
    const destination: Destination = {
      ...place.destination,
      async *list(part, stop) {
        yield* place.destination.list(part, stop)
        if (!part.startsWith(listed) || met++ > 0) return
        await write('second', 2)
        await backUp(other, aBackup([source]), quiet, signal)
      },
    }
    using repository = await openRepository(place, signal)

    const looking = { ...repository, destination }
    const { problems } = await checkRepository(looking, { readData: { kind: 'all' } }, quiet, signal)

    expect(met).toBe(1)
    expect(problems).toEqual([])
  },
)

test('whoever wants to prune is kept out while others read, unless they read without a lock', async () => {
  await using folder = await temporaryFolder()
  using repository = await initRepository(placeAt(folder.path), signal)
  const alone = (): Promise<string> =>
    whileLocked(repository, 'exclusive', () => Promise.resolve('alone'), signal)

  const lock = await lockToRead(repository, signal)
  await expect(alone()).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' })
  await lock[Symbol.asyncDispose]()
  const without = { ...repository, locking: { ...repository.locking, readingLock: 'none' as const } }
  await lockToRead(without, signal)
  expect(await alone()).toBe('alone')
})
