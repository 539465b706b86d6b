import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe } from 'vitest'
import { type Ceph, cephMissing, startCeph } from '../support/ceph.ts'
import { bucketAt } from '../support/s3.ts'
import { makeBucket } from '../support/s3-requests.ts'
import { type Patient, strikeRuns } from './striking/strike-runs.ts'

const names = [
  'the gateway is killed',
  'the gateway is frozen',
  'the quota is used up',
  'the key is let in no more',
  'the bucket is removed',
] as const

/** As one does who waits for no store. */
const hasty = { wait: (): Promise<void> => pause(5), stallMs: 500 }

describe.skipIf(cephMissing())('a store of copies', () => {
  let ceph: Ceph
  let buckets = 0
  beforeAll(async () => {
    ceph = await startCeph()
  }, 120_000)
  afterAll(() => ceph[Symbol.asyncDispose]())

  // One gateway for all: each blow has a bucket of its own, and its turn.
  strikeRuns('to S3', names, () => aStore(), { concurrently: false })

  async function aStore(): Promise<Patient<(typeof names)[number]>> {
    const bucket = `struck-${buckets++}`
    await makeBucket(ceph, bucket)
    const direct = bucketAt(ceph, bucket)
    const admin = async (...words: string[]): Promise<void> => {
      await ceph.admin(...words)
    }
    const quota = (verb: string, ...words: string[]): Promise<void> =>
      admin('quota', verb, '--quota-scope=user', '--uid=test', ...words)
    const tell = async (which: NodeJS.Signals): Promise<void> => {
      ceph.gateway().kill(which)
    }
    const nothing = async (): Promise<void> => undefined
    return {
      direct,
      reach: async () => bucketAt(ceph, bucket, {}, hasty),
      blows: {
        'the gateway is killed': {
          strike: () => tell('SIGKILL'),
          heal: () => ceph.restartGateway(),
          says: /^DESTINATION_UNREACHABLE: /,
        },
        'the gateway is frozen': {
          strike: () => tell('SIGSTOP'),
          heal: () => tell('SIGCONT'),
          says: /^DESTINATION_UNREACHABLE: .*nothing came or went/,
        },
        'the quota is used up': {
          async strike() {
            await quota('set', '--max-objects=1')
            await quota('enable')
          },
          heal: () => quota('disable'),
          says: /^DESTINATION_FULL: /,
        },
        'the key is let in no more': {
          strike: () => admin('user', 'suspend', '--uid=test'),
          heal: () => admin('user', 'enable', '--uid=test'),
          says: /^DESTINATION_FORBIDDEN: /,
        },
        'the bucket is removed': {
          strike: () => admin('bucket', 'rm', `--bucket=${bucket}`, '--purge-objects'),
          heal: () => makeBucket(ceph, bucket),
          says: /^DESTINATION_UNREACHABLE: .*bucket/,
          losesAll: true,
        },
      },
      [Symbol.asyncDispose]: nothing,
    }
  }
})
