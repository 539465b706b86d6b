import { afterAll, beforeAll, describe } from 'vitest'
import type { Destination } from '../../src/ports/destination.ts'
import { type Ceph, cephMissing, startCeph } from '../support/ceph.ts'
import { bucketAt } from '../support/s3.ts'
import { makeBucket, makeLockBucket } from '../support/s3-requests.ts'
import { testDestination } from './destination.ts'

describe.skipIf(cephMissing())('in a real Ceph', () => {
  let ceph: Ceph
  let buckets = 0
  const opened: AsyncDisposable[] = []
  beforeAll(async () => {
    ceph = await startCeph()
  }, 120_000)
  afterAll(async () => {
    await Promise.all(opened.map((destination) => destination[Symbol.asyncDispose]()))
    await ceph[Symbol.asyncDispose]()
  })

  function noted(destination: Destination & AsyncDisposable): Destination {
    opened.push(destination)
    return destination
  }

  testDestination('S3', async () => {
    const bucket = `plain-${++buckets}`
    await makeBucket(ceph, bucket)
    return noted(bucketAt(ceph, bucket))
  })

  testDestination('S3 with object lock, under a prefix,', async () => {
    const bucket = `locked-${++buckets}`
    await makeLockBucket(ceph, bucket)
    const lock = { mode: 'compliance', days: 1 } as const
    return noted(bucketAt(ceph, bucket, { prefix: 'of/pam-1', lock }))
  })
})
