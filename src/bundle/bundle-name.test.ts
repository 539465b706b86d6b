import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { encodeBundleName, parseBundleName } from './bundle-name.ts'

const seconds = fc.integer({ min: 0, max: 4_000_000_000 }).map((number) => new Date(number * 1000))

property.prop([fc.stringMatching(/^[a-z0-9.-]{1,20}$/), seconds, fc.integer({ min: 1, max: 1e9 })])(
  'a name says what it was made of, in a folder too',
  (stem, time, sequence) => {
    const name = encodeBundleName({ stem, time, sequence })

    expect(parseBundleName(name)).toEqual({ stem, time, sequence })
    expect(parseBundleName(`secrets/scopes/x/${name}`)).toEqual({ stem, time, sequence })
  },
)

test.each(['identity.password.age', 'a-20261328T010203Z-1.age', 'a-20261128T010203Z-1.age.tmp', '-1.age'])(
  '%s is no name of a bundle',
  (name) => {
    expect(parseBundleName(name)).toBeUndefined()
  },
)
