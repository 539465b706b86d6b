import type { ObjectName } from '../../ports/destination.ts'
import { contentOf, md5Of } from './body.ts'
import type { S3Client } from './client.ts'
import { keyOf } from './locate.ts'
import { lockDate, lockMode } from './object-headers.ts'

/**
 * Ceph (16 at least) takes the retention of an upload in parts without a word, and forgets it: so it is looked for when the object is
 * there, and said once more where it is not found.
 */
export async function ensureRetained(
  client: S3Client,
  name: ObjectName,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const [mode, until] = [headers[lockMode], headers[lockDate]]
  if (mode === undefined || until === undefined) return
  const key = keyOf(client.spec, name)
  const found = await client.call({ doing: `looking at ${name}`, method: 'HEAD', key }, signal)
  if (found.header(lockMode) !== undefined) return
  const versionId = found.header('x-amz-version-id')
  const query = { retention: '', ...(versionId === undefined ? {} : { versionId }) }
  const xml = `<Retention><Mode>${mode}</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`
  const content = contentOf([Buffer.from(xml)])
  const summed = { 'content-md5': md5Of(content) }
  const request = { doing: `retaining ${name}`, method: 'PUT', key, query, headers: summed, content } as const
  await client.call(request, signal)
}
