import { RedomaError } from '../../core/errors.ts'
import { asObjectName, type ObjectInfo } from '../../ports/destination.ts'
import { parseList } from './answers.ts'
import type { S3Client } from './client.ts'
import { keyOf } from './locate.ts'

/** Far above any repository, and below what memory holds: whoever owns the store may list without end. */
const usualLimits = { objects: 20_000_000, emptyPages: 10_000 }

/**
 * Keys that are no names of objects are somebody else's.
 *
 * @throws RedomaError `LIMIT_EXCEEDED`, `DESTINATION_FAILED`
 */
export async function* listObjects(
  client: Pick<S3Client, 'spec' | 'call'>,
  prefix: string,
  signal: AbortSignal,
  limits = usualLimits,
): AsyncGenerator<ObjectInfo> {
  let [objects, emptyPages] = [0, 0]
  const ours = keyOf(client.spec, '')
  const base = { 'list-type': '2', 'encoding-type': 'url', prefix: keyOf(client.spec, prefix) }
  for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
    const query = next === undefined ? base : { ...base, 'continuation-token': next }
    const doing = prefix === '' ? 'listing' : `listing ${prefix}`
    const { bytes } = await client.call({ doing, method: 'GET', key: '', query }, signal)
    const page = parseList(bytes)
    objects += page.objects.length
    emptyPages = page.objects.length === 0 ? emptyPages + 1 : 0
    if (objects > limits.objects || emptyPages > limits.emptyPages) throw endless(prefix)
    for (const { key, size, putAtMs } of page.objects) {
      if (!key.startsWith(base.prefix)) continue
      const name = asObjectName(key.slice(ours.length))
      if (name !== undefined) yield putAtMs === undefined ? { name, size } : { name, size, putAtMs }
    }
    if (page.next !== undefined && page.next === next) throw inCircles(prefix)
    next = page.next
  }
}

function endless(prefix: string): RedomaError {
  return new RedomaError('LIMIT_EXCEEDED', `listing ${prefix} was given up: it has no end`, {
    hint: 'Look at the bucket with another program: is it the right one, and is the store sound?',
  })
}

function inCircles(prefix: string): RedomaError {
  return new RedomaError(
    'DESTINATION_FAILED',
    `listing ${prefix} failed: the store gives the same page again`,
  )
}
