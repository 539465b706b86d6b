import ignore from 'ignore'
import { describe, expect, test } from 'vitest'
import { patternsAgainst } from './own-folders.ts'

describe('patternsAgainst', () => {
  test('leaves out a folder below a path, and only that', () => {
    const rules = ignore().add(patternsAgainst(['/srv/copies', '/var/lib/redoma'], ['/srv']))

    expect(rules.ignores('copies/')).toBe(true)
    expect(rules.ignores('web/copies/')).toBe(false)
    expect(patternsAgainst(['/srv/copies'], ['/srv/copies/old', '/home'])).toEqual([])
  })

  test('takes the folder as it is spelled, not as a pattern', () => {
    const rules = ignore().add(patternsAgainst(['/srv/[a]*b'], ['/srv']))

    expect(rules.ignores('[a]*b/')).toBe(true)
    expect(rules.ignores('aXb/')).toBe(false)
  })
})
