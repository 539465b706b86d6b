import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../core/errors.ts'
import { parseBlobId, parseObjectId } from '../repository/ids.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { chooseSnapshot } from './choose-snapshot.ts'

function aSnapshot(id: string, timeNs: bigint, source?: string): StoredSnapshot {
  return {
    id: parseObjectId(id.padEnd(64, '0')),
    tree: parseBlobId('0'.repeat(64)),
    timeNs,
    paths: ['/srv'],
    tags: source === undefined ? [] : ['redoma', `source:${source}`],
  }
}

const older = aSnapshot('aaaa1', 1n, 'files')
const newer = aSnapshot('aaaa2', 2n, 'files')
const instance = aSnapshot('bbbb', 3n, 'instance')
const other = aSnapshot('cccc', 4n, 'web')

describe('chooseSnapshot', () => {
  test('takes the newest of the only source, whatever the instance added of its own', () => {
    expect(chooseSnapshot([newer, instance, older], { snapshot: 'latest' })).toBe(newer)
  })

  test('takes the instance itself when it is asked for, or all there is', () => {
    expect(chooseSnapshot([newer, instance], { snapshot: 'latest', source: 'instance' })).toBe(instance)
    expect(chooseSnapshot([instance], { snapshot: 'latest' })).toBe(instance)
  })

  test('asks which source is meant when latest could be of several', () => {
    const choose = (): unknown => chooseSnapshot([newer, other, instance], { snapshot: 'latest' })

    expect(choose).toThrow(/files, web/)
    expect(choose).toThrow(expect.toSatisfy((error) => isRedomaError(error, 'AMBIGUOUS')))
  })

  test('knows snapshots of other programs by their paths', () => {
    expect(chooseSnapshot([aSnapshot('dddd', 1n)], { snapshot: 'latest', source: '/srv' }).id).toMatch(
      /^dddd/,
    )
  })

  test.each([
    ['aaaa1', undefined],
    ['aaaa', 'AMBIGUOUS'],
    ['eeee', 'NOT_FOUND'],
    ['aaa', 'USAGE'],
    ['../x', 'USAGE'],
  ] as const)('finds the id that begins with %s, or says %s', (snapshot, code) => {
    const choose = (): StoredSnapshot => chooseSnapshot([older, newer], { snapshot })

    if (code === undefined) expect(choose()).toBe(older)
    else expect(choose).toThrow(expect.toSatisfy((error) => isRedomaError(error, code)))
  })
})
