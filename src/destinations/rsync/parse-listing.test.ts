import { expect, test } from 'vitest'
import { isRedomaError } from '../../core/errors.ts'
import { type Listed, parseListing } from './parse-listing.ts'

const now = Date.parse('2026-11-27T12:00:00Z')

function listed(lines: readonly string[], folder = '', prefix = ''): Listed {
  const into: Listed = { objects: [], leftovers: [] }
  for (const line of lines) parseListing(line, folder, prefix, now, into)
  return into
}

test('plain files whose names can be objects are objects, with their sizes', () => {
  const { objects } = listed([
    'drwxr-xr-x        4096 2026/11/27 19:20:52 data',
    '-rw-------  5000000000 2026/11/27 19:20:52 data/aa/pack',
    '-rw-r--r--           0 2446/05/10 22:38:55 AZ+',
    '-rwxr-xr-t 123456789012345 1960/01/01 00:00:00 z',
  ])

  expect(objects).toEqual([
    { name: 'data/aa/pack', size: 5_000_000_000, putAtMs: Date.parse('2026-11-27T19:20:52Z') },
    { name: 'AZ+', size: 0, putAtMs: Date.parse('2446-05-10T22:38:55Z') },
    { name: 'z', size: 123_456_789_012_345, putAtMs: Date.parse('1960-01-01T00:00:00Z') },
  ])
})

test('what cannot be an object is passed over, also when its name was written to look like a line', () => {
  const { objects } = listed([
    'lrwxrwxrwx           4 2026/11/27 19:21:46 data/link',
    'prw-r--r--           0 2026/11/27 19:21:46 data/fifo',
    '-rw-r--r--           0 2026/11/27 19:21:46 data/new\\#012line',
    '-rw-r--r--           0 2026/11/27 19:21:46  blank',
    '-rw-r--r--           0 2026/11/27 19:21:46 \\#377',
    '-rw-r--r--           0 2026/11/27 19:21:46 x -rw-r--r--           0 2026/11/27 19:21:46 y',
    '-rw-r--r--           0 2026/11/27 19:21:46 {redoma}/synced',
    '-rw-r--r--           0 2026/11/27 19:21:46 ../up',
  ])

  expect(objects).toEqual([])
})

test('names are seen from the folder, and are those of the prefix alone', () => {
  const lines = ['of/pam/data/a', 'of/pam/data/b', 'of/pam/other', 'of/pam2/data/a', 'data/a'].map(
    (path) => `-rw-r--r--           1 2026/11/27 19:21:46 ${path}`,
  )

  expect(listed(lines, 'of/pam', 'data/').objects.map(({ name }) => name)).toEqual(['data/a', 'data/b'])
})

test('what an rsync that was killed left is told from what one is writing', () => {
  const { objects, leftovers } = listed([
    '-rw-------           1 2026/11/27 11:59:59 data/.pack.Zz9yYx',
    '-rw-------           1 2026/11/27 12:00:01 data/.young.Zz9yYx',
    '-rw-------           1 2026/11/20 12:00:00 data/.hidden',
    '-rw-------           1 2026/11/20 12:00:00 .a b.Zz9yYx',
    '-rw-------           1 2026/11/20 12:00:00 ../../etc/x/.pack.Zz9yYx',
    '-rw-------           1 2026/11/20 12:00:00 /etc/x/.pack.Zz9yYx',
  ])

  expect([objects, leftovers]).toEqual([[], ['data/.pack.Zz9yYx']])
})

test.each([
  'hello there',
  '',
  '-rw-r--r--       1,234 2026/11/27 19:21:46 x',
  '-rw-r--r--        1.2K 2026/11/27 19:21:46 x',
  '-rw-r--r--           1 Nov 27 19:21 x',
])('a line that is none of a listing is an error, lest an object be overlooked: %j', (line) => {
  expect(() => listed([line])).toThrow(
    expect.toSatisfy((error) => isRedomaError(error, 'DESTINATION_FAILED')) as Error,
  )
})
