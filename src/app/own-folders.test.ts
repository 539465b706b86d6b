import { expect, test } from 'vitest'
import { foldersBelow } from './own-folders.ts'

test.each([
  ['below a path', ['/srv'], ['/srv/copies']],
  ['below one of several, and nothing of its name below the others', ['/srv', '/home'], ['/srv/copies']],
  ['of which the path is a part', ['/srv/copies/old', '/srv/copies'], []],
  ['beside a path of the same beginning', ['/srv/cop'], []],
])('a folder %s is left out there alone', (_, paths, left) => {
  const seen = paths.map((path) => ({ path, real: path }))

  expect(foldersBelow(['/srv/copies'], seen)).toEqual(left)
})

test('a folder below a path that is a link is left out where the link leads to it', () => {
  const seen = [{ path: '/link', real: '/srv' }]

  expect(foldersBelow(['/srv/copies'], seen)).toEqual(['/link/copies'])
})
