import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadFileCalls } from '../../src/crypto/native.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import type { BlobId } from '../../src/repository/ids.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import type { TreeNode } from '../../src/repository/trees/node.ts'
import { compareDescriptions, describeTree } from '../support/compare-trees.ts'
import {
  aFile,
  aFolder,
  aLink,
  type HandmadeRepository,
  makeHandmadeRepository,
} from '../support/handmade-repository.ts'
import { aRestore } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined
const numRuns = process.env['SLOW'] === undefined ? 25 : 2_000

const specialTypes = ['fifo', 'chardev', 'dev', 'socket', 'irregular'] as const
type SpecialType = (typeof specialTypes)[number]

/** What a tree made by hand may hold. */
type Plan =
  | { readonly kind: 'file'; readonly name: string; readonly content: string; readonly inode: number }
  | { readonly kind: 'link'; readonly name: string; readonly to: string }
  | { readonly kind: 'special'; readonly name: string; readonly type: SpecialType }
  | { readonly kind: 'folder'; readonly name: string; readonly entries: readonly Plan[] }

/** Few good names, so that they meet; and all that could lead out. */
const names = fc.constantFrom(
  'a',
  'a',
  'b',
  'b',
  'c',
  '..',
  '.',
  '',
  'x/y',
  '../outside',
  '/etc',
  'n\0ul',
  '../../a',
  'n'.repeat(300),
  '.redoma-0123456789abcdef-0',
)
const targets = fc.constantFrom(
  '..',
  '../outside',
  '/',
  '.',
  'a',
  'b',
  '/nowhere',
  '',
  'n\0ul',
  't'.repeat(5000),
)
const { plan } = fc.letrec<{ plan: Plan; folder: Plan; file: Plan; link: Plan; special: Plan }>((tie) => ({
  plan: fc.oneof({ maxDepth: 4 }, tie('file'), tie('link'), tie('folder'), tie('folder'), tie('special')),
  special: fc.record({
    kind: fc.constant('special' as const),
    name: names,
    type: fc.constantFrom(...specialTypes),
  }),
  file: fc.record({
    kind: fc.constant('file' as const),
    name: names,
    content: fc.constantFrom('', 'one', 'two'),
    inode: fc.integer({ min: 1, max: 3 }),
  }),
  link: fc.record({ kind: fc.constant('link' as const), name: names, to: targets }),
  folder: fc.record({
    kind: fc.constant('folder' as const),
    name: names,
    entries: fc.array(tie('plan'), { maxLength: 5 }),
  }),
}))

function treeOf(handmade: HandmadeRepository, entries: readonly Plan[]): BlobId {
  return handmade.tree(entries.map((entry) => nodeOf(handmade, entry)))
}

function nodeOf(handmade: HandmadeRepository, entry: Plan): TreeNode {
  switch (entry.kind) {
    case 'file': {
      const content = entry.content === '' ? [] : [handmade.data(entry.content)]
      // All are said to be further names of few files, and to be longer than they are.
      return { ...aFile(entry.name, content, 1_000_000), ...owned, links: 2, inode: BigInt(entry.inode) }
    }
    case 'link':
      return { ...aLink(entry.name, entry.to), ...owned }
    case 'special':
      return { ...aFile(entry.name, [], 0), ...owned, type: entry.type, content: undefined, device: 0x103n }
    case 'folder':
      return { ...aFolder(entry.name, treeOf(handmade, entry.entries)), ...owned }
  }
}

/** What would be seen on any entry outside. */
const owned = {
  uid: 1234,
  gid: 1234,
  extendedAttributes: [
    { name: 'user.note', value: Buffer.from('x') },
    { name: 'n\0ul', value: Buffer.from('x') },
    { name: 'user.'.padEnd(400, 'x'), value: null },
  ],
}

/** Files of ours that are not whole; one that a snapshot has by that name is of another mark. Node's own recursive listing follows links. */
function beginningsIn(target: string): string[] {
  const found = execFileSync('find', [target, '-name', '.redoma-*'], { encoding: 'utf8' })
  return found.split('\n').filter((path) => path !== '' && !path.endsWith('/.redoma-0123456789abcdef-0'))
}

describe('a snapshot made by a hostile hand', () => {
  test('never writes outside the target, whatever its trees and the target hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plan, { minLength: 1, maxLength: 6 }),
        fc.record({
          hasLinks: fc.boolean(),
          overwrite: fc.constantFrom('always', 'if-changed', 'if-newer', 'never'),
          deletes: fc.constantFrom('nothing', 'extra'),
        }),
        async (entries, { hasLinks, ...how }) => {
          await using folder = await temporaryFolder()
          const outside = join(folder.path, 'outside')
          const target = join(folder.path, 'target')
          for (const path of [join(outside, 'b'), target]) mkdirSync(path, { recursive: true })
          for (const path of ['a', 'b/a', 'b/c']) writeFileSync(join(outside, path), 'untouched')
          if (hasLinks) symlinkSync(outside, join(target, 'a'))
          if (hasLinks) symlinkSync(join(outside, 'a'), join(target, 'b'))
          const before = describeTree(outside)
          const handmade = await makeHandmadeRepository()
          const { id } = await handmade.snapshot(treeOf(handmade, entries))
          await handmade.publish()
          const repository = { ...handmade.repository, fileCalls: loadFileCalls() }

          await restore(repository, id, aRestore(target, { workers: 1, ...how }), quiet, signal)

          expect(readdirSync(folder.path).toSorted()).toEqual(['outside', 'target'])
          expect(compareDescriptions(before, describeTree(outside))).toEqual([])
          expect(beginningsIn(target)).toEqual([])
        },
      ),
      { numRuns },
    )
  }, 120_000)

  test('loses the entries that are hostile, and nothing beside them; restore and check say which', async () => {
    await using folder = await temporaryFolder()
    const target = join(folder.path, 'target')
    const handmade = await makeHandmadeRepository()
    const content = [handmade.data('good')]
    const inner = handmade.tree([aFile('..', content, 4), aFile('x/y', content, 4), aFile('z', content, 4)])
    const { id } = await handmade.snapshot(
      handmade.tree([aFolder('folder', inner), aFile('top', content, 4)]),
    )
    await handmade.publish()

    const result = await restore(handmade.repository, id, aRestore(target), quiet, signal)
    const report = await checkRepository(handmade.repository, { readData: { kind: 'all' } }, quiet, signal)

    expect(readFileSync(join(target, 'folder', 'z'), 'utf8')).toBe('good')
    expect(readFileSync(join(target, 'top'), 'utf8')).toBe('good')
    expect(result.files).toBe(2)
    expect(result.problems.map(({ path }) => path)).toEqual([join(target, 'folder'), join(target, 'folder')])
    expect(result.problems[0]?.message).toContain('".."')
    expect(result.problems[1]?.message).toContain('"x/y"')
    expect(report.problems.map(({ message }) => message).join('\n')).toContain('".."')
  })

  test('does not write through a link that has the name of a folder', async () => {
    await using folder = await temporaryFolder()
    const target = join(folder.path, 'target')
    const outside = join(folder.path, 'outside')
    mkdirSync(outside)
    const handmade = await makeHandmadeRepository()
    const inner = handmade.tree([aFile('inside', [handmade.data('x')], 1)])
    const { id } = await handmade.snapshot(handmade.tree([aLink('a', outside), aFolder('a', inner)]))
    await handmade.publish()

    const result = await restore(handmade.repository, id, aRestore(target), quiet, signal)

    expect(readdirSync(outside)).toEqual([])
    expect(result.problems.map(({ path }) => path)).toEqual([join(target, 'a')])
    expect(result.problems[0]?.message).toContain('twice')
  })

  test('keeps the first of two files of one name whole', async () => {
    await using folder = await temporaryFolder()
    const handmade = await makeHandmadeRepository()
    const [first, second] = [handmade.data('first, and longer'), handmade.data('second')]
    const { id } = await handmade.snapshot(handmade.tree([aFile('a', [first], 17), aFile('a', [second], 6)]))
    await handmade.publish()

    const result = await restore(handmade.repository, id, aRestore(folder.path), quiet, signal)

    expect(readFileSync(join(folder.path, 'a'), 'utf8')).toBe('first, and longer')
    expect(result.problems).toHaveLength(1)
  })

  test('says of a file without a list of chunks that its content is missing, rather than making it empty', async () => {
    await using folder = await temporaryFolder()
    const handmade = await makeHandmadeRepository()
    const { id } = await handmade.snapshot(handmade.tree([{ ...aFile('a', [], 4), content: undefined }]))
    await handmade.publish()

    const result = await restore(handmade.repository, id, aRestore(folder.path), quiet, signal)

    expect(existsSync(join(folder.path, 'a'))).toBe(false)
    expect(result.problems).toHaveLength(1)
  })

  test('goes no deeper than a path can be long', async () => {
    await using folder = await temporaryFolder()
    const handmade = await makeHandmadeRepository()
    let tree = handmade.tree([aFile('at the bottom', [], 0)])
    for (let depth = 0; depth < 900; depth++) tree = handmade.tree([aFolder('down', tree)])
    const { id } = await handmade.snapshot(
      handmade.tree([aFolder('down', tree), aFile('top', [handmade.data('x')], 1)]),
    )
    await handmade.publish()

    const { problems } = await restore(handmade.repository, id, aRestore(folder.path), quiet, signal)

    expect(problems.map(({ message }) => message)).toEqual(['its path is longer than the system can name'])
    expect(readFileSync(join(folder.path, 'top'), 'utf8')).toBe('x')
  })
})

test('files of equal device and inode with different contents come back as files of their own, and equal ones as one', async () => {
  await using folder = await temporaryFolder()
  const handmade = await makeHandmadeRepository()
  const shared = { links: 2, inode: 5n, deviceId: 7n }
  const [one, two] = [handmade.data('one'), handmade.data('two')]
  const tree = handmade.tree([
    { ...aFile('a', [one, two], 6), ...shared },
    { ...aFile('b', [one, one], 6), ...shared },
    { ...aFile('c', [one, two], 6), ...shared },
  ])
  const { id } = await handmade.snapshot(tree)
  await handmade.publish()
  const repository = { ...handmade.repository, fileCalls: loadFileCalls() }

  const { problems } = await restore(repository, id, aRestore(folder.path), quiet, signal)

  expect(problems).toEqual([])
  const contents = ['a', 'b', 'c'].map((name) => readFileSync(join(folder.path, name), 'utf8'))
  expect(contents).toEqual(['onetwo', 'oneone', 'onetwo'])
  const [a, b, c] = ['a', 'b', 'c'].map((name) => statSync(join(folder.path, name)).ino)
  expect(c).toBe(a)
  expect(b).not.toBe(a)
})
