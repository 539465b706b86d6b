import { AwsClient } from 'aws4fetch'
import { type Ceph, cephKeys } from './ceph.ts'

interface Keys {
  readonly accessKey: string
  readonly secret: string
}

/** A request that is not made by the destination under test. A refusal is an error that has what the store said. */
export async function askStore(
  { endpoint }: Pick<Ceph, 'endpoint'>,
  method: string,
  path: string,
  init: RequestInit = {},
  { accessKey, secret }: Keys = cephKeys,
): Promise<Response> {
  const keys = { accessKeyId: accessKey, secretAccessKey: secret, service: 's3', region: 'default' }
  const answer = await new AwsClient({ ...keys, retries: 0 }).fetch(`${endpoint}${path}`, { ...init, method })
  if (answer.ok) return answer
  throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}

export async function makeBucket(
  ceph: Pick<Ceph, 'endpoint'>,
  bucket: string,
  headers: Readonly<Record<string, string>> = {},
  owner: Keys = cephKeys,
): Promise<void> {
  await askStore(ceph, 'PUT', `/${bucket}`, { headers }, owner)
}

/** Versions are kept; how long, each object says. */
export async function makeLockBucket(ceph: Pick<Ceph, 'endpoint'>, bucket: string): Promise<void> {
  await makeBucket(ceph, bucket, { 'x-amz-bucket-object-lock-enabled': 'true' })
}
