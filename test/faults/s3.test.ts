import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { type ErrorCode, isRedomaError, type RedomaError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { S3Deps } from '../../src/destinations/s3/s3-destination.ts'
import { bodyOf, type Destination, type ObjectBody, parseObjectName } from '../../src/ports/destination.ts'
import { type Ceph, cephKeys, cephMissing, startCeph } from '../support/ceph.ts'
import { privateAuthority } from '../support/certificates.ts'
import { cutOnceAfter, meddleNot, type Proxy, startProxy } from '../support/proxy.ts'
import { bucketAt } from '../support/s3.ts'
import { makeBucket } from '../support/s3-requests.ts'

const { signal } = new AbortController()
const MiB = 1024 * 1024
const name = parseObjectName('data/aa/object')
const small = bodyOf(Buffer.from('content'))
/** Retries as they are, without the waits. */
const hasty = { wait: (): Promise<void> => pause(20) }

describe.skipIf(cephMissing())('an S3 destination whose store fails', () => {
  let ceph: Ceph
  let proxy: Proxy
  let buckets = 0
  beforeAll(async () => {
    ceph = await startCeph()
    proxy = await startProxy(ceph.port)
  }, 120_000)
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await ceph[Symbol.asyncDispose]()
  })

  async function newBucket(): Promise<string> {
    const bucket = `faults-${++buckets}`
    await makeBucket(ceph, bucket)
    return bucket
  }

  function throughProxy(bucket: string, deps: Partial<S3Deps> = {}): Destination & AsyncDisposable {
    return bucketAt({ endpoint: `http://127.0.0.1:${proxy.port}` }, bucket, {}, { ...hasty, ...deps })
  }

  const otherSecret = 'Wrong/Secret+Key=9876543210'
  const keys = (accessKey: string, secret: string): Partial<S3Deps> => ({
    credentials: async () => ({ accessKey, secret: new Secret(secret) }),
  })
  const hourAhead = { clock: { now: () => new Date(Date.now() + 3_600_000) } }
  test.each<[string, Partial<S3Deps>, string, ErrorCode, RegExp]>([
    [
      'a wrong secret',
      keys(cephKeys.accessKey, otherSecret),
      '',
      'DESTINATION_FORBIDDEN',
      /secret does not belong/,
    ],
    [
      'an unknown access key',
      keys('NOBODY', otherSecret),
      '',
      'DESTINATION_FORBIDDEN',
      /does not know this access key/,
    ],
    ['a wrong bucket', {}, 'not-there', 'DESTINATION_UNREACHABLE', /no bucket not-there/],
    ['a clock that is wrong', hourAhead, '', 'DESTINATION_FAILED', /60 minutes behind ours/],
  ])('%s is told by every call, without a secret', async (_, deps, elsewhere, code, message) => {
    const bucket = elsewhere === '' ? await newBucket() : elsewhere
    await using destination = bucketAt(ceph, bucket, {}, { ...hasty, ...deps })

    for (const error of await failuresOf(destination)) {
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown })
      expectNoSecret(error)
    }
  })

  test('an account that may not see a bucket is told so', async () => {
    await ceph.admin(
      'user',
      'create',
      '--uid=other',
      '--display-name=other',
      '--access-key=OTHER',
      `--secret-key=${otherSecret}`,
    )
    await using destination = bucketAt(
      ceph,
      await newBucket(),
      {},
      { ...hasty, ...keys('OTHER', otherSecret) },
    )

    for (const error of await failuresOf(destination)) {
      expect(error).toMatchObject({
        code: 'DESTINATION_FORBIDDEN',
        message: expect.stringMatching(/refuses/) as unknown,
      })
      expectNoSecret(error)
    }
  })

  test('nobody at that port, and a host that is not there, are unreachable', async () => {
    const unused = await startProxy(1)
    await unused[Symbol.asyncDispose]()
    for (const host of [`127.0.0.1:${unused.port}`, 'no-such-store.invalid']) {
      await using destination = bucketAt({ endpoint: `http://${host}` }, 'copies', {}, hasty)
      for (const error of await failuresOf(destination)) {
        expect(error).toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
      }
    }
  })

  test('a full quota is a full destination, with what was there before untouched', async () => {
    await ceph.admin(
      'user',
      'create',
      '--uid=poor',
      '--display-name=poor',
      '--access-key=POOR',
      `--secret-key=${otherSecret}`,
    )
    await using destination = bucketAt(ceph, 'poor', {}, { ...hasty, ...keys('POOR', otherSecret) })
    await makeBucket(ceph, 'poor', {}, { accessKey: 'POOR', secret: otherSecret })
    await destination.put(name, small, signal)
    await ceph.admin('quota', 'set', '--quota-scope=user', '--uid=poor', '--max-size=1M')
    await ceph.admin('quota', 'enable', '--quota-scope=user', '--uid=poor')

    for (const body of [bodyOf(randomBytes(2 * MiB)), unsized(40)]) {
      const error = await failureOf(destination.put(parseObjectName('more'), body, signal))
      expect(error).toMatchObject({ code: 'DESTINATION_FULL' })
    }
    expect(await namesIn(destination)).toEqual([name])
  })

  test('a gateway that hangs is given up, and used again when it goes on', async () => {
    const bucket = await newBucket()
    await using destination = bucketAt(ceph, bucket, {}, { ...hasty, stallMs: 500 })
    await using patient = bucketAt(ceph, bucket)
    await patient.put(name, small, signal)
    ceph.gateway().kill('SIGSTOP')
    try {
      for (const error of await failuresOf(destination)) {
        expect(error).toMatchObject({
          code: 'DESTINATION_UNREACHABLE',
          message: expect.stringMatching(/nothing came or went/) as unknown,
        })
      }
      const large = await failureOf(
        destination.put(parseObjectName('large'), bodyOf(randomBytes(20 * MiB)), signal),
      )
      expect(large).toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
      const stop = new AbortController()
      const stopped = destination.put(parseObjectName('stopped'), small, stop.signal)
      stop.abort(new Error('enough'))
      await expect(stopped).rejects.toThrow('enough')
    } finally {
      ceph.gateway().kill('SIGCONT')
    }
    await patient.put(parseObjectName('after'), small, signal)
    expect(await bytesOf(patient, 'after')).toEqual(Buffer.from('content'))
  })

  test('a gateway that is killed in the middle of everything leaves nothing half, and all goes on after it', async () => {
    await using destination = bucketAt(ceph, await newBucket(), {}, hasty)
    const bodies = new Map(Array.from({ length: 6 }, (_, n) => [`data/${n}`, randomBytes(8 * MiB)]))
    const putting = [...bodies].map(([at, bytes]) =>
      destination.put(parseObjectName(at), bodyOf(bytes), signal),
    )
    const settled = Promise.allSettled(putting)
    await Promise.any(putting)
    ceph.gateway().kill('SIGKILL')

    const outcomes = await settled
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
    }
    await ceph.restartGateway()
    const there = new Set(await namesIn(destination))
    for (const [index, [at, bytes]] of [...bodies].entries()) {
      if (outcomes[index]?.status === 'fulfilled') expect(there).toContain(at)
      if (there.has(parseObjectName(at))) expect(bytes.equals(await bytesOf(destination, at))).toBe(true)
      await destination.put(parseObjectName(at), bodyOf(bytes), signal)
    }
    expect(await namesIn(destination)).toHaveLength(6)
  })

  test('a gateway that is back before the tries are over is all that a put needs', async () => {
    let restarting: Promise<void> | undefined
    const wait = (): Promise<void> => (restarting ??= ceph.restartGateway())
    await using destination = bucketAt(ceph, await newBucket(), {}, { wait })
    await destination.put(name, small, signal)
    ceph.gateway().kill('SIGKILL')
    await destination.put(parseObjectName('b'), small, signal)

    expect(restarting).toBeDefined()
    expect(await namesIn(destination)).toEqual(['b', name])
  })

  describe('by a connection that is cut', () => {
    const bytes = randomBytes(3 * MiB)
    const points = Array.from({ length: 20 }, (_, point) => Math.round((point * bytes.length) / 19))

    test('at any of twenty points while it is written, an object arrives whole', async () => {
      await using destination = throughProxy(await newBucket())
      await destination.put(name, small, signal)
      for (const point of points) {
        const before = proxy.cuts()
        proxy.meddle = cutOnceAfter(point, 'up')
        await destination.put(name, bodyOf(bytes), signal)
        expect({ point, cuts: proxy.cuts() - before }).toEqual({ point, cuts: 1 })
        expect(bytes.equals(await bytesOf(destination, name))).toBe(true)
        proxy.meddle = meddleNot
      }
    }, 60_000)

    test('each time at any of twenty points, nothing is replaced, and the next run completes', async () => {
      await using destination = throughProxy(await newBucket())
      await destination.put(name, small, signal)
      for (const point of points) {
        let passed = 0
        proxy.meddle = (way, chunk) => (way === 'up' && (passed += chunk.length) > point ? 'cut' : chunk)
        const error = await failureOf(destination.put(name, bodyOf(bytes), signal))
        expect({ point, code: error.code }).toEqual({ point, code: 'DESTINATION_UNREACHABLE' })
        expectNoSecret(error)
        proxy.meddle = meddleNot
        expect(await bytesOf(destination, name)).toEqual(Buffer.from('content'))
      }
      await destination.put(name, bodyOf(bytes), signal)
      expect(bytes.equals(await bytesOf(destination, name))).toBe(true)
    }, 60_000)

    test('at any of twenty points while it is read, an object comes whole, and so does a part of it', async () => {
      await using destination = throughProxy(await newBucket())
      await destination.put(name, bodyOf(bytes), signal)
      const range = { offset: 1000, length: bytes.length - 5000 }
      for (const point of points) {
        proxy.meddle = cutOnceAfter(point, 'down')
        expect(bytes.equals(await bytesOf(destination, name))).toBe(true)
        proxy.meddle = cutOnceAfter(point, 'down')
        const part = await collectBytes(destination.get(name, range, signal), range.length)
        expect(bytes.subarray(1000, bytes.length - 4000).equals(part)).toBe(true)
        proxy.meddle = meddleNot
      }
    }, 60_000)

    test('while an object is replaced, nobody reads the beginning of one and the end of the other', async () => {
      const bucket = await newBucket()
      await using destination = throughProxy(bucket)
      await using direct = bucketAt(ceph, bucket)
      await destination.put(name, bodyOf(bytes), signal)
      proxy.meddle = cutOnceAfter(MiB, 'down')
      const reading = destination.get(name, undefined, signal)[Symbol.asyncIterator]()
      await reading.next()
      await direct.put(name, bodyOf(randomBytes(bytes.length)), signal)
      const rest = async (): Promise<void> => {
        while ((await reading.next()).done !== true);
      }

      const error = await failureOf(rest())
      expect(error).toMatchObject({ code: 'DESTINATION_FAILED' })
      expect(error.message).toContain('replaced')
      proxy.meddle = meddleNot
    })

    test('at the end of an upload in parts, it is not taken for lost when the store had done it', async () => {
      await using destination = throughProxy(await newBucket())
      let [finishing, cut] = [false, false]
      proxy.meddle = (way, chunk) => {
        if (chunk.includes('<CompleteMultipartUpload>')) finishing = true
        if (way === 'up' || !finishing || cut) return chunk
        cut = true
        return 'cut'
      }
      await destination.put(name, unsized(17), signal)
      proxy.meddle = meddleNot

      expect(cut).toBe(true)
      expect(await bytesOf(destination, name)).toHaveLength(17 * MiB)
    })
  })

  test('a bit that flips on the way to the store is refused by it, and sent again', async () => {
    await using destination = throughProxy(await newBucket())
    await destination.put(name, small, signal)
    const bytes = Buffer.alloc(300_000, 'x')
    let flipped = 0
    proxy.meddle = (way, chunk) => {
      const at = chunk.indexOf('xxxx')
      if (way === 'down' || at < 0 || flipped > 0) return chunk
      flipped++
      const other = Buffer.from(chunk)
      other[at] = 0x79
      return other
    }
    await destination.put(name, bodyOf(bytes), signal)
    proxy.meddle = meddleNot

    expect(flipped).toBe(1)
    expect(bytes.equals(await bytesOf(destination, name))).toBe(true)
  })

  test('a private authority vouches for a store, and without it the store is refused', async () => {
    const { ca, server } = await privateAuthority()
    await using front = await startProxy(ceph.port, server)
    const bucket = await newBucket()
    const endpoint = `https://127.0.0.1:${front.port}`
    await using trusting = bucketAt({ endpoint }, bucket, {}, { ...hasty, ca })
    await using knowing = bucketAt({ endpoint }, bucket, {}, hasty)
    await using elsewhere = bucketAt(
      { endpoint: `https://localhost:${front.port}` },
      bucket,
      {},
      { ...hasty, ca },
    )

    await trusting.put(name, bodyOf(randomBytes(3 * MiB)), signal)
    expect(await namesIn(trusting)).toEqual([name])
    const unknown = await failureOf(knowing.put(name, small, signal))
    expect(unknown).toMatchObject({
      code: 'CERTIFICATE_REFUSED',
      hint: expect.stringMatching(/--ca FILE/) as unknown,
    })
    const otherName = await failureOf(elsewhere.put(name, small, signal))
    expect(otherName).toMatchObject({
      code: 'CERTIFICATE_REFUSED',
      hint: expect.stringMatching(/host name/) as unknown,
    })
  })

  /** One of each call. */
  async function failuresOf(destination: Destination): Promise<RedomaError[]> {
    return Promise.all([
      failureOf(destination.put(parseObjectName('b'), small, signal)),
      failureOf(Array.fromAsync(destination.get(name, undefined, signal))),
      failureOf(Array.fromAsync(destination.list('', signal))),
      failureOf(destination.remove(name, signal)),
    ])
  }
})

async function failureOf(work: Promise<unknown>): Promise<RedomaError> {
  const outcome = await work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  )
  if (isRedomaError(outcome)) return outcome
  throw outcome
}

function expectNoSecret(error: unknown): void {
  const all = inspect(error, { depth: 20, showHidden: true })
  for (const secret of [cephKeys.secret, 'Wrong/Secret', 'Signature=']) expect(all).not.toContain(secret)
}

async function bytesOf(destination: Destination, at: string): Promise<Buffer> {
  return Buffer.from(await collectBytes(destination.get(parseObjectName(at), undefined, signal), 200 * MiB))
}

async function namesIn(destination: Destination): Promise<string[]> {
  return (await Array.fromAsync(destination.list('', signal), (info) => info.name)).toSorted()
}

/** Of a length that is not told. */
function unsized(mebibytes: number): ObjectBody {
  return {
    async *open() {
      for (let n = 0; n < mebibytes; n++) yield randomBytes(MiB)
    },
  }
}
