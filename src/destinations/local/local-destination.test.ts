import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { handTurnedClock } from '../../../test/support/clock.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { isRedomaError } from '../../core/errors.ts'
import { bodyOf, parseObjectName } from '../../ports/destination.ts'
import { localDestination } from './local-destination.ts'

const { signal } = new AbortController()
const clock = handTurnedClock()
const body = bodyOf(Buffer.from('content'))
const withCode = (code: Parameters<typeof isRedomaError>[1]) => (error: unknown) => isRedomaError(error, code)

test('a folder that vanished is unreachable for every call, and is not made again', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'share')
  await mkdir(path)
  const destination = localDestination(path, clock)
  await destination.put(parseObjectName('a/b'), body, signal)
  await rename(path, `${path}-elsewhere`)

  const calls = [
    destination.put(parseObjectName('a/c'), body, signal),
    Array.fromAsync(destination.get(parseObjectName('a/b'), undefined, signal)),
    Array.fromAsync(destination.list('', signal)),
    destination.remove(parseObjectName('a/b'), signal),
    destination.flush(signal),
  ]
  // All at once: one that is broken before its turn would be nobody's.
  await Promise.all(calls.map((call) => expect(call).rejects.toSatisfy(withCode('DESTINATION_UNREACHABLE'))))
  expect(await readdir(folder.path)).toEqual(['share-elsewhere'])
})

test('symbolic links inside the destination are neither written through nor read nor listed', async () => {
  await using folder = await temporaryFolder()
  const [path, outside] = [join(folder.path, 'share'), join(folder.path, 'outside')]
  await Promise.all([mkdir(path), mkdir(outside)])
  await writeFile(join(outside, 'passwd'), 'not yours')
  await symlink(outside, join(path, 'linked'))
  await symlink(join(outside, 'passwd'), join(path, 'file'))
  const destination = localDestination(path, clock)
  const unsafe = withCode('PATH_UNSAFE')

  await expect(destination.put(parseObjectName('linked/x'), body, signal)).rejects.toSatisfy(unsafe)
  await expect(destination.put(parseObjectName('linked/new/x'), body, signal)).rejects.toSatisfy(unsafe)
  await expect(destination.remove(parseObjectName('linked/passwd'), signal)).rejects.toSatisfy(unsafe)
  const read = Array.fromAsync(destination.get(parseObjectName('linked/passwd'), undefined, signal))
  await expect(read).rejects.toSatisfy(unsafe)
  const readFileLink = Array.fromAsync(destination.get(parseObjectName('file'), undefined, signal))
  await expect(readFileLink).rejects.toSatisfy(unsafe)
  expect(await Array.fromAsync(destination.list('', signal))).toEqual([])
  expect(await readdir(outside)).toEqual(['passwd'])
})

test('the operator may name the destination itself by a symbolic link', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'real'))
  await symlink('real', join(folder.path, 'link'))

  await localDestination(join(folder.path, 'link'), clock).put(parseObjectName('x'), body, signal)

  expect(await readdir(join(folder.path, 'real'))).toEqual(['x'])
})

test('what a dead run left half-written is not listed, and is cleaned away after a day', async () => {
  await using folder = await temporaryFolder()
  const [old, young] = ['.tmp-0000000000000000', '.tmp-1111111111111111']
  for (const name of [old, young]) await writeFile(join(folder.path, name), 'half')
  const yesterday = new Date(clock.now().getTime() - 25 * 60 * 60 * 1000)
  await utimes(join(folder.path, old), yesterday, yesterday)
  await utimes(join(folder.path, young), clock.now(), clock.now())
  const destination = localDestination(folder.path, clock)

  expect(await Array.fromAsync(destination.list('', signal))).toEqual([])
  await destination.put(parseObjectName('x'), body, signal)
  expect(await readdir(folder.path)).toEqual([young, 'x'])
})

test('folders go with the last object in them', async () => {
  await using folder = await temporaryFolder()
  const destination = localDestination(folder.path, clock)
  await destination.put(parseObjectName('a/b/c'), body, signal)
  await destination.put(parseObjectName('a/d'), body, signal)

  await destination.remove(parseObjectName('a/b/c'), signal)
  expect(await readdir(join(folder.path, 'a'))).toEqual(['d'])
  await destination.remove(parseObjectName('a/d'), signal)
  expect(await readdir(folder.path)).toEqual([])
  await destination.flush(signal)
})

test('an object taken away between listing and reading is missing, not a crash', async () => {
  await using folder = await temporaryFolder()
  const destination = localDestination(folder.path, clock)
  await destination.put(parseObjectName('a/b'), body, signal)
  await rm(join(folder.path, 'a'), { recursive: true })

  const read = Array.fromAsync(destination.get(parseObjectName('a/b'), undefined, signal))
  await expect(read).rejects.toSatisfy(withCode('OBJECT_NOT_FOUND'))
  await destination.flush(signal)
})
