import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import { parseBlobId, parseObjectId } from '../repository/ids.ts'
import type { SnapshotList } from '../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { chooseSnapshot } from './choose-snapshot.ts'

function aSnapshot(id: string, timeNs: bigint, source?: string, hostname?: string): StoredSnapshot {
  return {
    hostname,
    id: parseObjectId(id.padEnd(64, '0')),
    tree: parseBlobId('0'.repeat(64)),
    timeNs,
    paths: ['/srv'],
    tags: source === undefined ? [] : ['redoma', `source:${source}`],
  }
}

function whole(...snapshots: StoredSnapshot[]): SnapshotList {
  return { snapshots, damaged: [] }
}

const older = aSnapshot('aaaa1', 1n, 'files')
const newer = aSnapshot('aaaa2', 2n, 'files')
const instance = aSnapshot('bbbb', 3n, 'instance')
const other = aSnapshot('cccc', 4n, 'web')

describe('chooseSnapshot', () => {
  test('takes the newest of the only source, whatever the instance added of its own', () => {
    expect(chooseSnapshot(whole(newer, instance, older), { snapshot: 'latest' })).toBe(newer)
  })

  test('takes the instance itself when it is asked for, or all there is', () => {
    expect(chooseSnapshot(whole(newer, instance), { snapshot: 'latest', source: 'instance' })).toBe(instance)
    expect(chooseSnapshot(whole(instance), { snapshot: 'latest' })).toBe(instance)
  })

  test('asks which source is meant when latest could be of several', () => {
    const choose = (): unknown => chooseSnapshot(whole(newer, other, instance), { snapshot: 'latest' })

    expect(choose).toThrow(/files, web/)
    expect(choose).toThrow(expect.toSatisfy((error) => isRedomaError(error, 'AMBIGUOUS')))
  })

  test('knows snapshots of other programs by their paths', () => {
    expect(chooseSnapshot(whole(aSnapshot('dddd', 1n)), { snapshot: 'latest', source: '/srv' }).id).toMatch(
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
    const choose = (): StoredSnapshot => chooseSnapshot(whole(older, newer), { snapshot })

    if (code === undefined) expect(choose()).toBe(older)
    else expect(choose).toThrow(expect.toSatisfy((error) => isRedomaError(error, code)))
  })

  test('is not kept from a whole snapshot by a damaged one, and says of that one that it is damaged', () => {
    const id = parseObjectId('aaaa3'.padEnd(64, '0'))
    const list = {
      snapshots: [older],
      damaged: [{ id, error: new RedomaError('REPOSITORY_DAMAGED', 'rotten') }],
    }

    expect(chooseSnapshot(list, { snapshot: 'latest' })).toBe(older)
    expect(chooseSnapshot(list, { snapshot: 'aaaa1' })).toBe(older)
    expect(() => chooseSnapshot(list, { snapshot: 'aaaa3' })).toThrow(`snapshots/${id} is damaged`)
    expect(() => chooseSnapshot(list, { snapshot: 'aaaa' })).toThrow('2 snapshots begin with')
    expect(() => chooseSnapshot({ ...list, snapshots: [] }, { snapshot: 'latest' })).toThrow('is damaged')
  })

  test('takes the newest of the host that is meant, and by an id that of any', () => {
    const mine = aSnapshot('aaaa', 1n, 'files', 'pam-1')
    const theirs = aSnapshot('bbbb', 2n, 'files', 'pam-2')

    expect(chooseSnapshot(whole(mine, theirs), { snapshot: 'latest', host: 'pam-1' })).toBe(mine)
    expect(chooseSnapshot(whole(mine, theirs), { snapshot: 'bbbb', host: 'pam-1' })).toBe(theirs)
  })

  test('asks whose latest is meant where several hosts have one of the source', () => {
    const list = whole(
      aSnapshot('aaaa', 1n, 'files', 'pam-1'),
      aSnapshot('bbbb', 2n, 'files', 'pam-2'),
      aSnapshot('cccc', 3n, 'web', 'pam-2'),
    )
    const choose = (): unknown => chooseSnapshot(list, { snapshot: 'latest', source: 'files' })

    expect(choose).toThrow('latest could be of the hosts pam-1, pam-2')
    expect(choose).toThrow(expect.toSatisfy((error) => isRedomaError(error, 'AMBIGUOUS')))
    expect(chooseSnapshot(list, { snapshot: 'latest', source: 'web' }).id).toMatch(/^cccc/)
  })

  test('names the hosts that have snapshots, where the one that is meant has none', () => {
    const list = whole(aSnapshot('aaaa', 1n, 'files', 'b'), aSnapshot('bbbb', 2n, 'web', 'a'))
    const choose = (source?: string): unknown =>
      chooseSnapshot(list, { snapshot: 'latest', source, host: 'renamed' })

    expect(choose).toThrow('there is no snapshot of the host renamed; there are of a, b')
    expect(() => choose('web')).toThrow('there is no snapshot of web of the host renamed; there are of a')
    expect(() => choose('gone')).toThrow(/^there is no snapshot of gone$/)
    expect(choose).toThrow(expect.toSatisfy((error) => isRedomaError(error, 'NOT_FOUND')))
  })

  test('finds, among snapshots of several hosts, what it would find among those of the one alone', () => {
    const host = fc.constantFrom('a', 'b', 'c')
    const made = fc.array(fc.tuple(host, fc.bigInt(0n, 50n)), { maxLength: 20 })
    fc.assert(
      fc.property(made, host, (world, meant) => {
        const all = world.map(([name, timeNs], n) =>
          aSnapshot(n.toString(16).padStart(8, '0'), timeNs, 'files', name),
        )
        const own = whole(...all.filter(({ hostname }) => hostname === meant))
        const choose = (): unknown => chooseSnapshot(whole(...all), { snapshot: 'latest', host: meant })

        if (own.snapshots.length === 0) expect(choose).toThrow('there is no snapshot')
        else expect(choose()).toBe(chooseSnapshot(own, { snapshot: 'latest' }))
      }),
    )
  })
})
