import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCredential } from '../../../test/support/glass.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import type { Scope } from '../../ports/scope.ts'
import { sortByScope } from './sort-by-scope.ts'
import { overlap, takesIn } from './take-in.ts'

const numRuns = process.env['SLOW'] === undefined ? 1_000 : 50_000
const time = new Date('2026-03-01T00:00:00Z')
const folder = fc.constantFrom('net', 'net/core', 'network', 'ops', 'Ops')
const tag = fc.constantFrom('prod', 'test')
const owner = fc.constantFrom('Ana', 'Rui')
const anyScope: fc.Arbitrary<Omit<Scope, 'name'>> = fc.record({
  folders: fc.array(folder, { maxLength: 2 }),
  tags: fc.array(tag, { maxLength: 1 }),
  owners: fc.array(owner, { maxLength: 1 }),
  isExclusive: fc.boolean(),
  hasOwnKey: fc.boolean(),
  createdAt: fc.constant(time),
  changedAt: fc.constant(time),
})
const anyRecord = fc
  .record({
    folder: fc.option(folder, { nil: undefined }),
    tags: fc.array(tag, { maxLength: 2 }),
    owner: fc.option(owner, { nil: undefined }),
  })
  .map((filed) => aCredential('1', { ...filed, attachments: [] }))

function sorted(records: readonly CredentialRecord[], scopes: readonly Scope[]) {
  const vault = sortByScope(scopes)
  for (const record of records) vault.see({ source: 'registry', record }, record)
  return vault
}

const aScope = (more: Partial<Scope>): Scope => ({
  name: 'x',
  folders: [],
  tags: [],
  owners: [],
  isExclusive: false,
  hasOwnKey: false,
  createdAt: time,
  changedAt: time,
  ...more,
})

describe('credentials by scopes', () => {
  test('none falls between: whichever bundles are published, each is in one of them or in that of the whole vault', {
    timeout: 60_000,
  }, () => {
    const inputs = [
      fc.array(anyRecord),
      fc.array(anyScope, { maxLength: 4 }),
      fc.array(fc.boolean()),
    ] as const
    fc.assert(
      fc.property(...inputs, (records, drafts, fates) => {
        const scopes = drafts.map((draft, index) => ({ ...draft, name: `s${index}` }))
        const published = new Set(scopes.filter((_, index) => fates[index] === true).map(({ name }) => name))
        const vault = sorted(records, scopes)

        const { records: whole, left } = vault.rest(published)

        const inScopes = scopes.filter(({ name }) => published.has(name)).flatMap((scope) => vault.of(scope))
        const covered = new Set([...whole, ...inScopes].map(({ record }) => record))
        expect(records.every((record) => covered.has(record))).toBe(true)
        expect(whole.length + left.length).toBe(records.length)
        const exclusives = scopes.filter(({ name, isExclusive }) => isExclusive && published.has(name))
        const isLeft = ({ record }: (typeof whole)[number]): boolean =>
          exclusives.some((scope) => takesIn(scope, record))
        expect(whole.some(isLeft)).toBe(false)
        expect(left.every(isLeft)).toBe(true)
      }),
      { numRuns },
    )
  })

  test('are in each scope that takes them in, and in the whole vault where that is not exclusive', () => {
    const [one, two] = [aScope({ name: 'a', tags: ['prod'] }), aScope({ name: 'b', owners: ['Ana'] })]
    const record = aCredential('1', { owner: 'Ana' })
    const vault = sorted([record], [one, two])

    expect([vault.of(one).length, vault.of(two).length]).toEqual([1, 1])
    expect(vault.rest(new Set(['a', 'b'])).records).toHaveLength(1)
  })
})

describe('a scope', () => {
  test.each([
    [{ folders: ['net'] }, { folder: 'net/core', tags: [] }, true],
    [{ folders: ['net'] }, { folder: 'network', tags: [] }, false],
    [{ folders: ['net/core'] }, { folder: 'net', tags: [] }, false],
    [{ folders: ['net'] }, { tags: [] }, false],
    [{ tags: ['prod'] }, { tags: ['x', 'prod'] }, true],
    [{ tags: ['prod'] }, { tags: ['Prod'] }, false],
    [{ owners: ['Jos\u00e9'] }, { owner: 'Jose\u0301', tags: [] }, true],
  ])('of %o takes in %o: %s', (selection, credential, expected) => {
    expect(takesIn(aScope(selection), credential)).toBe(expected)
  })

  test.each([
    [{ folders: ['net'] }, { folders: ['net/core'] }, true],
    [{ folders: ['net'] }, { folders: ['network'] }, false],
    [{ tags: ['prod'] }, { owners: ['prod'] }, false],
    [{ tags: ['prod'] }, { tags: ['prod', 'x'] }, true],
  ])('of %o and one of %o name the same: %s', (one, other, expected) => {
    expect(overlap(aScope(one), aScope(other)) !== undefined).toBe(expected)
    expect(overlap(aScope(other), aScope(one)) !== undefined).toBe(expected)
  })
})
