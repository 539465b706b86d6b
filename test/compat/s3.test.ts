import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { Secret } from '../../src/core/secret.ts'
import type { S3Keys } from '../../src/destinations/s3/client.ts'
import { abandonLeftovers } from '../../src/destinations/s3/leftovers.ts'
import { bodyOf, type Destination, type ObjectBody, parseObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import type { PruneOptions } from '../../src/repository/pruning/prune-options.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { removeSnapshots } from '../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { type Ceph, cephKeys, cephMasterKey, cephMissing, startCeph } from '../support/ceph.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { type Proxy, startProxy } from '../support/proxy.ts'
import { aBackup, aRestore, placeOf, testPassword } from '../support/repositories.ts'
import { bucketAt, clientAt } from '../support/s3.ts'
import { askStore, makeBucket, makeLockBucket } from '../support/s3-requests.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const MiB = 1024 * 1024
const everything: PruneOptions = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity }
const resticMissing = programMissing('restic')

describe.skipIf(cephMissing())('with a real Ceph', () => {
  let ceph: Ceph
  beforeAll(async () => {
    ceph = await startCeph()
  }, 120_000)
  afterAll(() => ceph[Symbol.asyncDispose]())

  describe('a repository in a bucket', () => {
    let proxy: Proxy
    let sent = 0
    beforeAll(async () => {
      proxy = await startProxy(ceph.port)
      proxy.meddle = (way, bytes) => {
        if (way === 'up') sent += bytes.length
        return bytes
      }
    })
    afterAll(() => proxy[Symbol.asyncDispose]())

    test.skipIf(resticMissing)(
      'is checked and restored by stock restic, sends what is new only, and is pruned',
      async () => {
        await using folder = await temporaryFolder()
        const [source, target] = [join(folder.path, 'source'), join(folder.path, 'target')]
        mkdirSync(join(source, 'folder'), { recursive: true })
        for (let n = 0; n < 40; n++) writeFileSync(join(source, 'folder', `${n}`), seededBytes(n, MiB))
        await makeBucket(ceph, 'copies')
        const endpoint = `http://127.0.0.1:${proxy.port}`
        await using destination = bucketAt({ endpoint }, 'copies', { prefix: 'pam-1/system' })
        const repository = await initRepository(placeOf(destination), signal)

        const first = await sentWhile(() => backUp(repository, aBackup([source]), quiet, signal))
        rmSync(join(source, 'folder', '0'))
        writeFileSync(join(source, 'new'), seededBytes(1000, MiB))
        const second = await sentWhile(() => backUp(repository, aBackup([source]), quiet, signal))
        expect(first).toBeGreaterThan(40 * MiB)
        expect(second).toBeGreaterThan(MiB)
        expect(second).toBeLessThan(1.2 * MiB)

        expect(await problemsOf(repository)).toEqual([])
        for (const program of ['restic', newerProgram('restic') ?? 'restic']) {
          const restic = resticAt(ceph, program, 'copies/pam-1/system')
          expect(await restic('check', '--read-data')).toContain('no errors were found')
          const at = join(target, program === 'restic' ? 'stock' : 'newer')
          await restic('restore', 'latest', '--target', at)
          expect(compareTrees(source, join(at, source))).toEqual([])
        }
        await forgetAllButLast(repository)
        const [left] = (await listSnapshots(repository, signal)).snapshots
        await restore(repository, left?.id ?? '', aRestore(join(target, 'ours')), quiet, signal)
        expect(compareTrees(source, join(target, 'ours', source))).toEqual([])
        expect(await resticAt(ceph, 'restic', 'copies/pam-1/system')('check', '--read-data')).toContain(
          'no errors were found',
        )
        expect(await uploadsIn('copies')).toEqual([])
      },
    )

    test.skipIf(resticMissing)('that restic made is gone on with', async () => {
      await using folder = await temporaryFolder()
      writeFileSync(join(folder.path, 'file'), seededBytes(7, MiB))
      await makeBucket(ceph, 'theirs')
      const restic = resticAt(ceph, 'restic', 'theirs')
      await restic('init')
      await restic('backup', folder.path)
      await using destination = bucketAt(ceph, 'theirs')
      const repository = await openRepository(placeOf(destination), signal)

      await backUp(repository, aBackup([folder.path]), quiet, signal)
      expect((await listSnapshots(repository, signal)).snapshots).toHaveLength(2)
      expect(await restic('check', '--read-data')).toContain('no errors were found')
    })

    async function sentWhile(work: () => Promise<unknown>): Promise<number> {
      const before = sent
      await work()
      return sent - before
    }
  })

  test('an object of 100 MiB whose size nobody told comes back the same', async () => {
    await makeBucket(ceph, 'parts')
    await using destination = bucketAt(ceph, 'parts')
    const bytes = randomBytes(100 * MiB)
    await destination.put(parseObjectName('large'), inChunks(bytes), signal)

    expect(bytes.equals(await bytesOf(destination, 'large'))).toBe(true)
    expect(await tagOf('/parts/large')).toMatch(/-7"$/)
    const known = { ...inChunks(bytes.subarray(0, 40 * MiB)), size: 40 * MiB }
    await destination.put(parseObjectName('large'), known, signal)
    expect(bytes.subarray(0, 40 * MiB).equals(await bytesOf(destination, 'large'))).toBe(true)
  })

  test('an upload in parts that breaks off leaves no part behind', async () => {
    await makeBucket(ceph, 'broken')
    await using destination = bucketAt(ceph, 'broken')
    const body = {
      async *open() {
        for (let n = 0; n < 40; n++) yield randomBytes(MiB)
        throw new Error('the source hiccuped')
      },
    }
    await expect(destination.put(parseObjectName('x'), body, signal)).rejects.toThrow('hiccuped')
    await destination[Symbol.asyncDispose]()

    expect(await uploadsIn('broken')).toEqual([])
  })

  test('parts that a dead process left are abandoned after a day, and those of others are not', async () => {
    await makeBucket(ceph, 'left')
    for (const key of ['of/pam-1/mine+', 'of/pam-10/theirs']) {
      await askStore(ceph, 'POST', `/left/${key.replace('+', '%2B')}?uploads`)
    }
    const both = ['of/pam-1/mine+', 'of/pam-10/theirs']
    {
      await using destination = bucketAt(ceph, 'left', { prefix: 'of/pam-1' })
      await destination.put(parseObjectName('x'), bodyOf(Buffer.from('content')), signal)
    }
    expect(await uploadsIn('left')).toEqual(both)
    using client = clientAt(ceph, 'left', { prefix: 'of/pam-1' })
    const tomorrow = new Date(Date.now() + 25 * 60 * 60 * 1000)
    await abandonLeftovers(client, { now: () => tomorrow }, signal)

    expect(await uploadsIn('left')).toEqual(['of/pam-10/theirs'])
  })

  test('what other programs keep in the bucket is neither listed nor touched', async () => {
    await makeBucket(ceph, 'shared')
    const foreign = ['of/pam-10/x', 'of/pam-1/.hidden', 'of/pam-1/a%20b%2Fc', 'of/pam-1/folder/', 'of/pam-1']
    for (const key of foreign) await askStore(ceph, 'PUT', `/shared/${key}`, { body: 'theirs' })
    await using destination = bucketAt(ceph, 'shared', { prefix: 'of/pam-1' })
    await destination.put(parseObjectName('data/x+y'), bodyOf(Buffer.from('ours')), signal)

    expect(await Array.fromAsync(destination.list('', signal))).toMatchObject([{ name: 'data/x+y', size: 4 }])
    const text = await (await askStore(ceph, 'GET', '/shared/of/pam-1/data/x%2By')).text()
    expect(text).toBe('ours')
  })

  test('more objects than a page holds are all listed', async () => {
    await makeBucket(ceph, 'many')
    await using destination = bucketAt(ceph, 'many')
    const names = Array.from({ length: 1050 }, (_, n) => `data/${n}`)
    await Promise.all(
      names.map((at) => destination.put(parseObjectName(at), bodyOf(Buffer.from(at)), signal)),
    )

    const listed = await Array.fromAsync(destination.list('data/', signal), ({ name }) => name)
    expect(listed.toSorted()).toEqual(names.toSorted())
  })

  test('a bucket is reached by its own host name, too', async () => {
    await makeBucket(ceph, 'virtual')
    const asked = new Set<string>()
    const lookup: Lookup = (host, _, found) => {
      asked.add(host)
      found(null, [{ address: '127.0.0.1', family: 4 }])
    }
    const endpoint = `http://s3.test:${ceph.port}`
    await using destination = bucketAt({ endpoint }, 'virtual', { style: 'virtual' }, { lookup })
    await destination.put(parseObjectName('a/b+c'), bodyOf(Buffer.from('content')), signal)

    expect((await bytesOf(destination, 'a/b+c')).toString()).toBe('content')
    expect(await Array.fromAsync(destination.list('a/', signal))).toMatchObject([{ name: 'a/b+c', size: 7 }])
    expect([...asked]).toEqual(['virtual.s3.test'])
  })

  test('objects are encrypted by the store with the key that is named', async () => {
    await makeBucket(ceph, 'sealed')
    const encryption = { kind: 'aws:kms', key: cephMasterKey } as const
    await using destination = bucketAt(ceph, 'sealed', { encryption })
    const bytes = randomBytes(20 * MiB)
    await destination.put(parseObjectName('whole'), bodyOf(bytes), signal)
    await destination.put(parseObjectName('parts'), inChunks(bytes), signal)

    for (const at of ['whole', 'parts']) {
      expect(bytes.equals(await bytesOf(destination, at))).toBe(true)
      const range = { offset: 17 * MiB - 5, length: 10 }
      const part = await collectBytes(destination.get(parseObjectName(at), range, signal), 10)
      expect(bytes.subarray(range.offset, range.offset + 10).equals(part)).toBe(true)
      const { headers } = await askStore(ceph, 'HEAD', `/sealed/${at}`)
      expect(headers.get('x-amz-server-side-encryption-aws-kms-key-id')).toBe(cephMasterKey)
    }
  })

  describe.each(['compliance', 'governance'] as const)('with object lock for %s', (mode) => {
    const bucket = `lock-${mode}`
    let destination: Destination & AsyncDisposable
    beforeAll(async () => {
      await makeLockBucket(ceph, bucket)
      destination = bucketAt(ceph, bucket, { lock: { mode, days: 2 } })
    })
    afterAll(() => destination[Symbol.asyncDispose]())

    test('each object is retained for the days that were said, and its version cannot be removed', async () => {
      await destination.put(parseObjectName('small'), bodyOf(Buffer.from('content')), signal)
      await destination.put(parseObjectName('parts'), inChunks(randomBytes(17 * MiB)), signal)

      for (const at of ['small', 'parts']) {
        const { headers } = await askStore(ceph, 'HEAD', `/${bucket}/${at}`)
        expect(headers.get('x-amz-object-lock-mode')).toBe(mode.toUpperCase())
        const until = Date.parse(headers.get('x-amz-object-lock-retain-until-date') ?? '')
        expect(Math.abs(until - Date.now() - 2 * 24 * 60 * 60 * 1000)).toBeLessThan(120_000)
        const version = encodeURIComponent(headers.get('x-amz-version-id') ?? '')
        expect(version).not.toBe('')
        const removal = askStore(ceph, 'DELETE', `/${bucket}/${at}?versionId=${version}`)
        await expect(removal).rejects.toThrow('AccessDenied')
      }
    })

    test('what is removed is out of sight, and its version stays', async () => {
      const at = parseObjectName('removed')
      await destination.put(at, bodyOf(Buffer.from('content')), signal)
      const version = (await askStore(ceph, 'HEAD', `/${bucket}/${at}`)).headers.get('x-amz-version-id') ?? ''
      await destination.remove(at, signal)

      expect(await Array.fromAsync(destination.list('removed', signal))).toEqual([])
      const stays = await askStore(ceph, 'GET', `/${bucket}/${at}?versionId=${encodeURIComponent(version)}`)
      expect(await stays.text()).toBe('content')
    })

    test('locks of a repository and what a test writes are not retained', async () => {
      for (const at of [`system/locks/${'0f'.repeat(32)}`, 'redoma-test-1/x']) {
        await destination.put(parseObjectName(at), bodyOf(Buffer.from('content')), signal)
        const { headers } = await askStore(ceph, 'HEAD', `/${bucket}/${at}`)
        expect(headers.get('x-amz-object-lock-mode')).toBeNull()
        const version = encodeURIComponent(headers.get('x-amz-version-id') ?? '')
        await askStore(ceph, 'DELETE', `/${bucket}/${at}?versionId=${version}`)
      }
    })
  })

  test('the least policy of the handbook is enough, and lets nobody remove a version', async () => {
    const poor = { accessKey: 'LEAST', secret: 'Least/Secret+Key' }
    const keys = [`--access-key=${poor.accessKey}`, `--secret-key=${poor.secret}`]
    await ceph.admin('user', 'create', '--uid=least', '--display-name=least', ...keys)
    await makeLockBucket(ceph, 'least')
    await askStore(ceph, 'PUT', '/least?policy', { body: leastPolicy('least', 'arn:aws:iam:::user/least') })
    const credentials = async (): Promise<S3Keys> => ({ ...poor, secret: new Secret(poor.secret) })
    const lock = { mode: 'governance', days: 1 } as const
    await using destination = bucketAt(ceph, 'least', { lock }, { credentials })
    const [small, large] = [parseObjectName('data/small'), parseObjectName('data/large')]

    await destination.put(small, bodyOf(Buffer.from('content')), signal)
    await destination.put(large, inChunks(randomBytes(17 * MiB)), signal)
    expect((await bytesOf(destination, small)).toString()).toBe('content')
    using client = clientAt(ceph, 'least', {}, { credentials })
    await abandonLeftovers(client, { now: () => new Date() }, signal)
    const unretained = parseObjectName('redoma-test-1/x')
    await destination.put(unretained, bodyOf(Buffer.from('content')), signal)
    for (const at of [large, unretained]) {
      const { headers } = await askStore(ceph, 'HEAD', `/least/${at}`, {}, poor)
      const version = encodeURIComponent(headers.get('x-amz-version-id') ?? '')
      const removal = askStore(ceph, 'DELETE', `/least/${at}?versionId=${version}`, {}, poor)
      await expect(removal).rejects.toThrow('AccessDenied')
      await destination.remove(at, signal)
    }
    expect(await Array.fromAsync(destination.list('', signal), ({ name }) => name)).toEqual([small])
  })

  test('where the bucket has no object lock, that is told', async () => {
    await makeBucket(ceph, 'lockless')
    await using destination = bucketAt(ceph, 'lockless', { lock: { mode: 'compliance', days: 2 } })
    for (const body of [bodyOf(Buffer.from('content')), inChunks(randomBytes(17 * MiB))]) {
      await expect(destination.put(parseObjectName('x'), body, signal)).rejects.toMatchObject({
        code: 'DESTINATION_FAILED',
        hint: expect.stringContaining('object lock') as unknown,
      })
    }
  })

  /** Keys of uploads in parts that have not come to an end. */
  async function uploadsIn(bucket: string): Promise<string[]> {
    const list = await (await askStore(ceph, 'GET', `/${bucket}?uploads`)).text()
    return [...list.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key ?? '')
  }

  async function tagOf(path: string): Promise<string | null> {
    return (await askStore(ceph, 'HEAD', path)).headers.get('etag')
  }
})

type Lookup = (
  host: string,
  options: unknown,
  found: (error: null, addresses: { address: string; family: number }[]) => void,
) => void

/** Each good only until the next is asked for, and of a size that nobody tells. */
function inChunks(bytes: Uint8Array): ObjectBody {
  return {
    async *open() {
      const memory = new Uint8Array(700_001)
      for (let offset = 0; offset < bytes.length; offset += memory.length) {
        const chunk = bytes.subarray(offset, offset + memory.length)
        memory.set(chunk)
        yield memory.subarray(0, chunk.length)
      }
    },
  }
}

async function bytesOf(destination: Destination, at: string): Promise<Buffer> {
  return Buffer.from(await collectBytes(destination.get(parseObjectName(at), undefined, signal), 200 * MiB))
}

type Restic = (...words: readonly string[]) => Promise<string>

function resticAt({ endpoint }: Ceph, program: string, path: string): Restic {
  const { accessKey, secret } = cephKeys
  const env = {
    PATH: process.env['PATH'],
    RESTIC_PASSWORD: testPassword,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secret,
    TZ: 'UTC',
  }
  const always = ['--no-cache', '--repo', `s3:${endpoint}/${path}`, '-o', 's3.region=default']
  return async (...words) => {
    const { stdout } = await promisify(execFile)(program, [...always, ...words], { env })
    return stdout
  }
}

async function problemsOf(repository: Repository): Promise<readonly unknown[]> {
  const { problems } = await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)
  return problems
}

async function forgetAllButLast(repository: Repository): Promise<void> {
  const work = async (locked: AbortSignal): Promise<void> => {
    const { snapshots, damaged } = await listSnapshots(repository, locked)
    await removeSnapshots(
      repository,
      snapshots.slice(0, -1).map(({ id }) => id),
      locked,
    )
    const staying = { snapshots: snapshots.slice(-1), damaged }
    const prepared = await preparePrune(repository, staying, everything, quiet, locked)
    await carryOutPrune(repository, prepared, quiet, locked)
  }
  await whileLocked(repository, 'exclusive', work, signal)
}

/** As the handbook has it, with what it says to add for object lock. */
function leastPolicy(bucket: string, who: string): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operator/s3.md'), 'utf8')
  const text = /```json\n(\{\n {2}"Version"[\s\S]*?)```/.exec(page)?.[1] ?? ''
  const policy = JSON.parse(text.replaceAll('BUCKET', bucket)) as { Statement: { Action: string[] }[] }
  const [onBucket, onObjects] = policy.Statement
  const actions = [...(onObjects?.Action ?? []), 's3:GetObjectRetention', 's3:PutObjectRetention']
  const Principal = { AWS: [who] }
  const Statement = [
    { ...onBucket, Principal },
    { ...onObjects, Principal, Action: actions },
  ]
  return JSON.stringify({ ...policy, Statement })
}
