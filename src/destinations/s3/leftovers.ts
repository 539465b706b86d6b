import type { Clock } from '../../ports/clock.ts'
import { parseUploads } from './answers.ts'
import type { S3Client } from './client.ts'
import { keyOf } from './locate.ts'
import { abandon } from './put-in-parts.ts'

const leftoverAgeMs = 24 * 60 * 60 * 1000
/** More are left to the next run. */
const mostPages = 10

/** Parts that were sent by a process that died: nobody sees them, and they cost as much as an object. */
export async function abandonLeftovers(client: S3Client, clock: Clock, signal: AbortSignal): Promise<void> {
  const prefix = keyOf(client.spec, '')
  const base = { uploads: '', 'encoding-type': 'url', prefix }
  let query: Record<string, string> = base
  for (let page = 0; page < mostPages; page++) {
    const request = { doing: 'looking for unfinished uploads', method: 'GET', key: '', query } as const
    const { uploads, next } = parseUploads((await client.call(request, signal)).bytes)
    for (const { key, id, begun } of uploads) {
      const old = clock.now().getTime() - begun.getTime() > leftoverAgeMs
      if (old && key.startsWith(prefix)) await abandon(client, { key, id })
    }
    if (next === undefined) return
    query = { ...base, 'key-marker': next.key, 'upload-id-marker': next.id }
  }
}
