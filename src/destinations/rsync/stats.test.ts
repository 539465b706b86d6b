import { expect, test } from 'vitest'
import { plainFilesIn } from './stats.ts'

test('the plain files of a fetching are those that the other side told of, taken or passed over', () => {
  expect(
    plainFilesIn('skipping\n\nNumber of files: 5 (reg: 2, dir: 2, link: 1)\nNumber of created files: 1'),
  ).toBe(2)
  expect(plainFilesIn('Number of files: 12 (reg: 12)\n')).toBe(12)
  expect(plainFilesIn('Number of files: 2 (dir: 1, link: 1)')).toBe(0)
  expect(plainFilesIn('Number of files: 0')).toBe(0)
})

test('an rsync that does not tell kinds apart leaves open what was passed over', () => {
  expect(plainFilesIn('Number of files: 3\nNumber of files transferred: 1')).toBeUndefined()
  expect(plainFilesIn('')).toBeUndefined()
})
