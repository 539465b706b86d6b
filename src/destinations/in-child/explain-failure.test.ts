import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { destinationFailure, readingFailure } from '../local/failures.ts'
import { findRoot } from '../local/folders.ts'
import { explainFailure } from './explain-failure.ts'

const notOpen = Object.assign(new Error('EBADF: bad file descriptor, fsync'), { code: 'EBADF' })
const invalid = Object.assign(new Error('EINVAL: invalid argument, open'), { code: 'EINVAL' })
const absent = Object.assign(new Error('ENOENT: no such file or directory, mkdir'), { code: 'ENOENT' })
const failed = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })

test('an I/O error of a disk is one of the disk', async () => {
  await using folder = await temporaryFolder()
  for (const failure of [destinationFailure('writing a', failed), readingFailure('reading a', failed)]) {
    expect(await explainFailure(failure, () => findRoot(folder.path))).toBe(failure)
  }
})

test('an I/O error where nothing else answers either is one of a server', async () => {
  for (const failure of [destinationFailure('writing a', failed), readingFailure('reading a', failed)]) {
    expect(await explainFailure(failure, () => findRoot('/nowhere'))).toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
      message: failure.message,
    })
  }
})

test.each([
  ['cannot be opened in this way', readingFailure('opening a', invalid)],
  ['is not open any more', destinationFailure('syncing a', notOpen)],
])('a file that %s may be one of a connection that is made anew, but not on a disk', async (_, failure) => {
  await using folder = await temporaryFolder()
  expect(await explainFailure(failure, () => findRoot(folder.path))).toBe(failure)
  expect(await explainFailure(failure, () => findRoot('/nowhere'))).toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    message: failure.message,
  })
})

test('a folder that cannot be made because nothing is there is one of a share that was taken away, unless the rest is there', async () => {
  await using folder = await temporaryFolder()
  const failure = destinationFailure('making a', absent)
  expect(await explainFailure(failure, () => findRoot(folder.path))).toBe(failure)
  expect(await explainFailure(failure, () => findRoot('/nowhere'))).toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
    message: failure.message,
  })
})
