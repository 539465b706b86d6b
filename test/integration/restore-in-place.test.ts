import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadFileCalls } from '../../src/crypto/native.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository } from '../../src/repository/open.ts'
import type { Repository, RepositoryEvent } from '../../src/repository/repository.ts'
import type { RestoreRequest, RestoreResult } from '../../src/repository/restoring/request.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { makeDifficultTree } from '../support/difficult-tree.ts'
import { aBackup, aRestore, placeAt } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal

interface SetUp extends AsyncDisposable {
  readonly repository: Repository
  readonly folder: string
  readonly source: string
  readonly target: string
  restore(but?: Partial<RestoreRequest>): Promise<RestoreResult & { readonly entries: readonly string[] }>
}

async function setUp(make: (source: string) => unknown): Promise<SetUp> {
  const folder = await temporaryFolder()
  const [source, target] = [join(folder.path, 'source'), join(folder.path, 'target')]
  mkdirSync(source)
  mkdirSync(join(folder.path, 'repository'))
  await make(source)
  const repository = await initRepository(placeAt(join(folder.path, 'repository')), signal)
  const { snapshotId } = await backUp(repository, aBackup([source], { workers: 1 }), () => undefined, signal)
  return {
    repository,
    folder: folder.path,
    source,
    target,
    async restore(but = {}) {
      const entries: string[] = []
      const onEvent = (event: RepositoryEvent): void => {
        if (event.kind === 'entry') entries.push(`${event.action} ${event.path.slice(target.length + 1)}`)
      }
      const request = aRestore(target, { path: source, workers: 2, ...but })
      const result = await restore(repository, snapshotId, request, onEvent, signal)
      return { ...result, entries: entries.toSorted() }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

const aLargeFile = (source: string): void => {
  writeFileSync(join(source, 'large'), seededBytes(1, 20_000_000))
  writeFileSync(join(source, 'small'), 'small')
}

/** The target itself is the operator's: only what is in it is restored. */
const differences = ({ source, target }: SetUp): string[] =>
  compareTrees(source, target).filter((line) => !line.startsWith('"":'))

describe('a restore over what is there', () => {
  test('fetches nothing and changes nothing where all is equal', async () => {
    await using set = await setUp(makeDifficultTree)
    await set.restore()
    const changed = (): string =>
      execFileSync('find', [set.target, '-type', 'f', '-printf', '%p %C@ %i\n'], { encoding: 'utf8' })
    const before = changed()

    const again = await set.restore()

    expect(again).toMatchObject({ fetchedBytes: 0, problems: [], left: 0, deleted: 0 })
    expect(again.unchanged).toBe(again.files)
    expect(changed()).toBe(before)
    expect(differences(set)).toEqual([])
  })

  test('fetches only the chunks of a file that differ', async () => {
    await using set = await setUp(aLargeFile)
    const { fetchedBytes } = await set.restore()
    const fd = openSync(join(set.target, 'large'), 'r+')
    writeSync(fd, 'altered', 9_000_000)
    closeSync(fd)

    const again = await set.restore()

    expect(again.fetchedBytes).toBeGreaterThan(500_000)
    expect(again.fetchedBytes).toBeLessThan(fetchedBytes / 2)
    expect(again.unchanged).toBe(1)
    expect(differences(set)).toEqual([])
  })

  test('mends what was cut off, has grown, or has other owners, times and attributes', async () => {
    await using set = await setUp(makeDifficultTree)
    await set.restore()
    truncateSync(join(set.target, 'large'), 7_000_000)
    appendFileSync(join(set.target, 'zeros'), 'more')
    utimesSync(join(set.target, 'setuid'), 1, 1)
    loadFileCalls().setExtendedAttribute(
      Buffer.from(join(set.target, 'small')),
      Buffer.from('user.of nobody'),
      Buffer.from('x'),
    )
    execFileSync('chmod', ['0777', join(set.target, 'deep')])

    const again = await set.restore()

    expect(again.problems).toEqual([])
    expect(differences(set)).toEqual([])
  })

  test('leaves the content and metadata of another name of a file alone', async () => {
    await using set = await setUp(aLargeFile)
    await set.restore()
    linkSync(join(set.target, 'small'), join(set.folder, 'elsewhere'))
    utimesSync(join(set.folder, 'elsewhere'), 1, 1)

    await set.restore()

    expect(statSync(join(set.folder, 'elsewhere')).mtimeMs).toBe(1000)
    expect(differences(set)).toEqual([])
  })

  test.each([
    ['never', 'mine', 'mine'],
    ['if-newer', 'mine', 'small'],
    ['if-changed', 'mine', 'small'],
    ['always', 'small', 'small'],
  ] as const)('overwrites %s', async (overwrite, sameTime, older) => {
    await using set = await setUp(aLargeFile)
    const { mtime } = statSync(join(set.source, 'small'))
    const restored = async (when: Date | number): Promise<string> => {
      mkdirSync(set.target, { recursive: true })
      // As long as the true one.
      writeFileSync(join(set.target, 'small'), 'mine.')
      if (when instanceof Date)
        execFileSync('touch', ['-r', join(set.source, 'small'), join(set.target, 'small')])
      else utimesSync(join(set.target, 'small'), when, when)
      await set.restore({ overwrite })
      return readFileSync(join(set.target, 'small'), 'utf8').replace('.', '')
    }

    expect(await restored(mtime)).toBe(overwrite === 'if-changed' ? 'mine' : sameTime)
    expect(await restored(1)).toBe(older)
  })

  test('after a restore that died fetches only what is not whole, and removes what it left half-written', async () => {
    await using set = await setUp(aLargeFile)
    mkdirSync(set.target)
    writeFileSync(join(set.target, '.redoma-0123456789abcdef-7'), 'half')
    writeFileSync(join(set.target, '.redoma-notes'), 'not ours')
    execFileSync('cp', ['-p', join(set.source, 'large'), set.target])

    const result = await set.restore()

    expect(result.fetchedBytes).toBeLessThan(1000)
    expect(readdirSync(set.target).toSorted()).toEqual(['.redoma-notes', 'large', 'small'])
  })
})

describe('a restore that deletes', () => {
  const withExtra = async (set: SetUp): Promise<void> => {
    await set.restore()
    mkdirSync(join(set.target, 'extra/deep'), { recursive: true })
    mkdirSync(join(set.folder, 'outside'))
    writeFileSync(join(set.folder, 'outside/kept'), 'x')
    writeFileSync(join(set.target, 'extra/deep/file'), 'x')
    writeFileSync(join(set.target, 'extra/kept.log'), 'x')
    symlinkSync(join(set.folder, 'outside'), join(set.target, 'link'))
  }

  test('removes what the snapshot does not have, and follows no link', async () => {
    await using set = await setUp(aLargeFile)
    await withExtra(set)

    const result = await set.restore({ deletes: 'extra' })

    expect(result).toMatchObject({ deleted: 5, problems: [] })
    expect(readdirSync(set.target).toSorted()).toEqual(['large', 'small'])
    expect(readdirSync(join(set.folder, 'outside'))).toEqual(['kept'])
    expect(differences(set)).toEqual([])
  })

  test('removes a folder that is in the place of a file or a link, when it deletes', async () => {
    const makeBoth = (source: string): void => {
      writeFileSync(join(source, 'file'), 'content')
      symlinkSync('file', join(source, 'link'))
    }
    await using set = await setUp(makeBoth)
    for (const name of ['file', 'link']) {
      mkdirSync(join(set.target, name, 'below'), { recursive: true })
      writeFileSync(join(set.target, name, 'below', 'extra'), '')
    }

    expect((await set.restore()).problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('a folder is in its place'),
      expect.stringContaining('a folder is in its place'),
    ])
    const planned = await set.restore({ deletes: 'extra', dryRun: true })
    const { problems, deleted } = await set.restore({ deletes: 'extra' })

    expect({ problems, deleted }).toEqual({ problems: [], deleted: 6 })
    expect(planned.deleted).toBe(6)
    expect(planned.entries).toContain('delete file/below/extra')
    expect(planned.entries).toContain('write file')
    expect(differences(set)).toEqual([])
  })

  test('leaves what is left out, and the folders that hold it', async () => {
    await using set = await setUp(aLargeFile)
    await withExtra(set)

    await set.restore({ deletes: 'extra', exclude: ['*.log'] })

    expect(readdirSync(join(set.target, 'extra'))).toEqual(['kept.log'])
  })

  test('says beforehand what it would do, and does nothing', async () => {
    await using set = await setUp(aLargeFile)
    await withExtra(set)
    writeFileSync(join(set.target, 'small'), 'other')

    const { entries } = await set.restore({ deletes: 'extra', dryRun: true })

    expect(entries).toEqual([
      'delete extra',
      'delete extra/deep',
      'delete extra/deep/file',
      'delete extra/kept.log',
      'delete link',
      'keep large',
      'write small',
    ])
    expect(existsSync(join(set.target, 'extra/deep/file'))).toBe(true)
    expect(readFileSync(join(set.target, 'small'), 'utf8')).toBe('other')
  })

  test('refuses all that is below /, unless it is said twice', async () => {
    await using set = await setUp(aLargeFile)

    const refused = set.restore({ target: '/', deletes: 'extra', include: ['nothing-of-this-name'] })

    await expect(refused).rejects.toMatchObject({ code: 'PATH_UNSAFE' })
  })
})

const isRoot = process.geteuid?.() === 0

describe.skipIf(!isRoot)('a target that cannot be written to', () => {
  const mounted = async (
    options: string,
    work: (target: string, set: SetUp) => Promise<void>,
  ): Promise<void> => {
    await using set = await setUp(aLargeFile)
    mkdirSync(set.target)
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', set.target])
    try {
      await work(set.target, set)
    } finally {
      execFileSync('umount', [set.target])
    }
  }

  test('because it is full leaves nothing half-written', async () => {
    await mounted('size=8m', async (target, set) => {
      await expect(set.restore()).rejects.toMatchObject({ code: 'TARGET_FULL' })
      expect(readdirSync(target).filter((name) => name !== 'small')).toEqual([])
    })
  })

  test('because it is read-only says so', async () => {
    await mounted('ro', async (target, set) => {
      await expect(set.restore()).rejects.toMatchObject({ code: 'TARGET_READ_ONLY' })
      expect(readdirSync(target)).toEqual([])
    })
  })
})
