import { expect, test } from 'vitest'
import { decodeUnflushed, makeUnflushed } from './unflushed.ts'

test('folders stay until a flush that began after they were touched has succeeded', () => {
  const unflushed = makeUnflushed()
  const names = (): string[] => unflushed.encode().flatMap(decodeUnflushed).toSorted()
  unflushed.touch('data/aa/one')
  expect(names()).toEqual(['', 'data', 'data/aa'])

  const flushed = unflushed.flushing()
  unflushed.touch('data/bb/two')
  flushed()
  expect(names()).toEqual(['', 'data', 'data/bb'])

  unflushed.flushing() // One that failed.
  expect(names()).toEqual(['', 'data', 'data/bb'])
  unflushed.flushing()()
  expect(unflushed.encode()).toEqual([])
})
