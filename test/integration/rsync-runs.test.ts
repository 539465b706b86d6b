import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { aBackup, placeOf } from '../support/repositories.ts'
import { namesAt, putText, rsyncWorld, textAt } from '../support/rsync-world.ts'
import { sshServerMissing } from '../support/ssh-server.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined

/*
 * Each run of rsync costs the start of programs at both sides, whatever it moves: a backup of little consists of them.
 */

test.skipIf(sshServerMissing())('a backup of nothing new takes at most 16 runs of rsync', async () => {
  await using world = await rsyncWorld()
  const source = join(world.root, 'source')
  await mkdir(source)
  await writeFile(join(source, 'file'), 'content')
  await using first = await world.reach()
  using made = await initRepository(placeOf(first), signal)
  for (let n = 0; n < 2; n++) await backUp(made, aBackup([source]), quiet, signal)
  await first.flush(signal)

  // On a slow machine what was put would be sent in between, in runs of its own.
  await using second = await world.reach({}, { lingerMs: 600_000 })
  using repository = await openRepository({ ...placeOf(second), key: made.keyId }, signal)
  expect(second.figures().runs).toBe(1)
  await backUp(repository, aBackup([source]), quiet, signal)
  await second.flush(signal)

  // Three of them where others make folders beside the test's meanwhile: those above what is backed up are another listing then.
  expect(second.figures().runs).toBeLessThanOrEqual(16)
})

test.skipIf(sshServerMissing())('that an object is not there takes one run of rsync', async () => {
  await using world = await rsyncWorld()
  await using destination = await world.reach()

  await expect(textAt(destination, 'folder/nothing')).rejects.toSatisfy((error) =>
    isRedomaError(error, 'OBJECT_NOT_FOUND'),
  )

  expect(destination.figures().runs).toBe(1)
})

test.skipIf(sshServerMissing())(
  'what is listed at once is listed by one run of rsync, and each gets its own',
  async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach()
    for (const name of ['a/1', 'a/2', 'b/1', 'top']) await putText(destination, name, name)
    await destination.flush(signal)
    const { runs } = destination.figures()

    const names = await Promise.all(['a/', 'b/', 'c/'].map((prefix) => namesAt(destination, prefix)))
    const mixed = await Promise.all(['to', 'a/', ''].map((prefix) => namesAt(destination, prefix)))

    expect(names).toEqual([['a/1', 'a/2'], ['b/1'], []])
    expect(mixed).toEqual([['top'], ['a/1', 'a/2'], ['a/1', 'a/2', 'b/1', 'top']])
    expect(destination.figures().runs - runs).toBe(2)
  },
)

test.skipIf(sshServerMissing())(
  'a run that has begun ahead waits for nothing when its server is gone',
  async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach()
    await putText(destination, 'a/1', 'x')
    await destination.flush(signal)
    await namesAt(destination, 'a/')

    await world.server.stop()
    await expect(namesAt(destination, 'a/')).rejects.toSatisfy((error) =>
      isRedomaError(error, 'DESTINATION_UNREACHABLE'),
    )
    await world.server.start()

    expect(await namesAt(destination, 'a/')).toEqual(['a/1'])
  },
)
