import { expect, test } from 'vitest'
import { newestBundle } from './newest-bundle.ts'

test('the newest bundle is that of the highest number, whatever lies beside it', () => {
  const paths = [
    'secrets/identity.password.age',
    'secrets/pam-1-20261128T000000Z-9.age',
    'secrets/pam-1-20261127T000000Z-10.age',
    'secrets/README.txt',
  ]

  expect(newestBundle(paths)).toBe('secrets/pam-1-20261127T000000Z-10.age')
  expect(newestBundle(paths.slice(0, 1))).toBeUndefined()
})

test('of bundles of several instances, none is the newest', () => {
  expect(() => newestBundle(['a-20261128T000000Z-1.age', 'b-20261128T000000Z-2.age'])).toThrow(
    'several instances',
  )
})
