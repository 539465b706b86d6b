import { describe, expect, test } from 'vitest'
import { aFile, aFolder, makeHandmadeRepository } from '../../../test/support/handmade-repository.ts'
import { parseBlobId, parseObjectId } from '../ids.ts'
import type { Repository } from '../repository.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { findEntries } from './find-entries.ts'
import { findSome, type SomeBounds } from './find-some.ts'
import { listTree } from './list-tree.ts'
import { makeNamePattern } from './name-pattern.ts'
import { textOfPath } from './tree-entry.ts'

const signal = new AbortController().signal

async function aSnapshot(): Promise<{ repository: Repository; snapshot: StoredSnapshot }> {
  const handmade = await makeHandmadeRepository()
  const log = handmade.tree([aFile('auth.log', [], 0), aFile('syslog', [], 0)])
  const etc = handmade.tree([aFile('hosts', [], 0)])
  const tree = handmade.tree([aFolder('etc', etc), aFolder('log', log)])
  const snapshot = await handmade.snapshot(tree)
  await handmade.publish()
  return { repository: handmade.repository, snapshot }
}

async function pathsOf(path: string, recursive = false): Promise<string[]> {
  const { repository, snapshot } = await aSnapshot()
  const entries = listTree(repository, snapshot, { path, recursive }, signal)
  return Array.fromAsync(entries, (entry) => textOfPath(entry.path))
}

describe('list', () => {
  test('shows what is in a folder', async () => {
    expect(await pathsOf('/')).toEqual(['/etc', '/log'])
    expect(await pathsOf('//log/')).toEqual(['/log/auth.log', '/log/syslog'])
  })

  test('shows what is below, each folder before what is in it', async () => {
    expect(await pathsOf('/', true)).toEqual(['/etc', '/etc/hosts', '/log', '/log/auth.log', '/log/syslog'])
  })

  test('shows a file itself', async () => {
    expect(await pathsOf('/etc/hosts')).toEqual(['/etc/hosts'])
  })

  test.each(['/nothing', '/etc/hosts/below', '/etc/..'])('says that there is no %s', async (path) => {
    await expect(pathsOf(path)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('find', () => {
  test('gives entries of every snapshot', async () => {
    const { repository, snapshot } = await aSnapshot()
    const found = findEntries(repository, [snapshot, snapshot], '*.log', signal)

    expect(await Array.fromAsync(found, (entry) => textOfPath(entry.path))).toEqual([
      '/log/auth.log',
      '/log/auth.log',
    ])
  })
})

describe('a search in parts', () => {
  test('finds the same whatever entry each part ends at, in a folder or between snapshots', async () => {
    const { repository, snapshot } = await aSnapshot()
    const snapshots = [snapshot, { ...snapshot, id: parseObjectId('f'.repeat(64)) }]
    const pathsFrom = async (most: number): Promise<string[]> => {
      const paths: string[] = []
      let from: SomeBounds['from']
      do {
        const rest = snapshots.slice(snapshots.findIndex(({ id }) => from === undefined || id === from.id))
        const bounds = { from, most, goesOn: () => most > 1 }
        const { found, next } = await findSome(repository, rest, '*s*', bounds, () => undefined, signal)
        paths.push(...found.map(({ path, snapshot: { id } }) => `${id.slice(0, 1)} ${textOfPath(path)}`))
        from = next && { id: next.snapshot.id, reached: next.reached }
      } while (from !== undefined)
      return paths
    }

    const all = await pathsFrom(100)

    expect(all.map((path) => path.slice(2))).toEqual([
      '/etc/hosts',
      '/log/syslog',
      '/etc/hosts',
      '/log/syslog',
    ])
    for (const most of [1, 2, 3]) expect(await pathsFrom(most)).toEqual(all)
  })

  test('passes over a folder that is damaged, and tells of it', async () => {
    const handmade = await makeHandmadeRepository()
    const lost = parseBlobId('0'.repeat(64))
    const tree = handmade.tree([aFolder('a', lost), aFile('b.log', [], 0)])
    const snapshot = await handmade.snapshot(tree)
    await handmade.publish()
    const damaged: string[] = []

    const bounds = { most: 10, goesOn: () => true }
    const onDamaged = (folder: Uint8Array): void => void damaged.push(textOfPath(folder))
    const { found, next } = await findSome(handmade.repository, [snapshot], '*', bounds, onDamaged, signal)

    expect([found.map(({ path }) => textOfPath(path)), damaged, next]).toEqual([
      ['/a', '/b.log'],
      ['/a'],
      undefined,
    ])
  })
})

describe('a pattern', () => {
  test.each([
    ['*.log', '/var/a.log', true],
    ['*.log', '/var/a.log/b', false],
    ['a?c', '/abc', true],
    ['a?c', '/ac', false],
    ['/var/*', '/var/a', true],
    ['/var/*', '/var/a/b', false],
    ['/var/**', '/var/a/b', true],
    ['log/*', '/var/log/a', true],
    ['[x]', '/[x]', true],
    ['.', '/x', false],
    ['é😀?', '/é😀ü', true],
  ])('%s on %s: %s', (pattern, path, fits) => {
    expect(makeNamePattern(pattern)(path)).toBe(fits)
  })

  test('made to be slow is not', () => {
    expect(makeNamePattern('*a'.repeat(50))(`/${'a'.repeat(200)}b`)).toBe(false)
  })
})
