import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { RedomaError } from '../../src/core/errors.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Destination, ObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository } from '../../src/repository/open.ts'
import { aBackup, placeOf } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()

test('a pack that fails when the threads have ended, while the folders are still written, fails the backup', async () => {
  await using folder = await temporaryFolder()
  const source = join(folder.path, 'source')
  await mkdir(source)
  await writeFile(join(source, 'file'), 'content')
  const objects = new Map<ObjectName, Uint8Array>()
  const repository = await initRepository(placeOf(memoryDestination(objects)), signal)
  const destination = failingFirstPack(repository.destination)

  const ended = backUp(
    { ...repository, destination },
    aBackup([source], { workers: 1 }),
    () => undefined,
    signal,
  )

  await expect(ended).rejects.toMatchObject({ code: 'DESTINATION_FULL' })
  expect([...objects.keys()].filter((name) => name.startsWith('snapshots/'))).toEqual([])
})

/** The first pack, of files, fails when the second, of folders, is on its way. */
function failingFirstPack(inner: Destination): Destination {
  const second = Promise.withResolvers<undefined>()
  let packs = 0
  return {
    ...inner,
    async put(name, body, stop) {
      if (!name.startsWith('data/')) return inner.put(name, body, stop)
      if (++packs === 1) {
        await second.promise
        throw new RedomaError('DESTINATION_FULL', 'there is no room')
      }
      second.resolve(undefined)
      for (let turn = 0; turn < 10; turn++) await nextTurn()
      return inner.put(name, body, stop)
    },
  }
}
