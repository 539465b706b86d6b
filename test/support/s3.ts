import { Secret } from '../../src/core/secret.ts'
import { wait } from '../../src/core/wait.ts'
import { type S3Client, s3Client } from '../../src/destinations/s3/client.ts'
import { makeAgent } from '../../src/destinations/s3/exchange.ts'
import { type S3Deps, s3Destination } from '../../src/destinations/s3/s3-destination.ts'
import type { Destination } from '../../src/ports/destination.ts'
import type { S3Spec } from '../../src/ports/destination-spec.ts'
import { type Ceph, cephKeys } from './ceph.ts'

const clock = { now: () => new Date() }

const s3Deps: S3Deps = {
  credentials: async () => ({ accessKey: cephKeys.accessKey, secret: new Secret(cephKeys.secret) }),
  clock,
  wait,
  random: () => 0.5,
}

function s3Spec({ endpoint }: Pick<Ceph, 'endpoint'>, bucket: string, but: Partial<S3Spec> = {}): S3Spec {
  return { kind: 's3', endpoint, bucket, prefix: '', region: 'default', style: 'path', ...but }
}

export function bucketAt(
  ceph: Pick<Ceph, 'endpoint'>,
  bucket: string,
  but: Partial<S3Spec> = {},
  deps: Partial<S3Deps> = {},
): Destination & AsyncDisposable {
  return s3Destination(s3Spec(ceph, bucket, but), { ...s3Deps, ...deps })
}

/** What a destination speaks with. */
export function clientAt(
  ceph: Pick<Ceph, 'endpoint'>,
  bucket: string,
  but: Partial<S3Spec> = {},
  deps: Partial<S3Deps> = {},
): S3Client & Disposable {
  const agent = makeAgent(ceph.endpoint, undefined)
  const wire = { agent, lookup: undefined, stallMs: 10_000 }
  const client = s3Client(s3Spec(ceph, bucket, but), wire, { ...s3Deps, ...deps })
  const dispose = (): void => {
    agent.destroy()
  }
  return { ...client, [Symbol.dispose]: dispose }
}
