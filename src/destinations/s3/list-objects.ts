import { RedomaError } from '../../core/errors.ts'
import { asObjectName, type ObjectInfo } from '../../ports/destination.ts'
import { parseList } from './answers.ts'
import type { S3Client } from './client.ts'
import { keyOf } from './locate.ts'

/** Keys that are no names of objects are somebody else's. */
export async function* listObjects(
  client: S3Client,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ObjectInfo> {
  const ours = keyOf(client.spec, '')
  const base = { 'list-type': '2', 'encoding-type': 'url', prefix: keyOf(client.spec, prefix) }
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const query = next === undefined ? base : { ...base, 'continuation-token': next }
    const doing = prefix === '' ? 'listing' : `listing ${prefix}`
    const { bytes } = await client.call({ doing, method: 'GET', key: '', query }, signal)
    const page = parseList(bytes)
    for (const { key, size, putAtMs } of page.objects) {
      if (!key.startsWith(base.prefix)) continue
      const name = asObjectName(key.slice(ours.length))
      if (name !== undefined) yield putAtMs === undefined ? { name, size } : { name, size, putAtMs }
    }
    if (page.next !== undefined && page.next === next) throw inCircles(prefix)
    next = page.next
  }
}

function inCircles(prefix: string): RedomaError {
  return new RedomaError(
    'DESTINATION_FAILED',
    `listing ${prefix} failed: the store gives the same page again`,
  )
}
