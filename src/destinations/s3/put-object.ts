import type { Clock } from '../../ports/clock.ts'
import type { ObjectBody, ObjectName } from '../../ports/destination.ts'
import { type Content, md5Of, piecesOf } from './body.ts'
import type { S3Client } from './client.ts'
import { keyOf } from './locate.ts'
import { headersOf, isLocked } from './object-headers.ts'
import { partBytes, putInParts } from './put-in-parts.ts'

/** Up to here a body of known size goes in one request; packs have some 17 MiB. */
const onePieceBytes = 32 * 1024 * 1024

export interface PutDeps {
  readonly client: S3Client
  readonly clock: Clock
  /** What goes on behind a put that has failed: waited for when the destination is disposed of. */
  readonly later: (work: Promise<unknown>) => void
}

/** The store shows an object when it has all of it: nothing half-written is ever seen. */
export async function putObject(
  { client, clock, later }: PutDeps,
  name: ObjectName,
  body: ObjectBody,
  signal: AbortSignal,
): Promise<void> {
  const { spec } = client
  const { size } = body
  const full = size !== undefined && size <= onePieceBytes ? () => onePieceBytes : partBytes(size)
  const pieces = piecesOf(name, body, full, signal)
  try {
    const first = await nextOf(pieces)
    if (first === undefined) return
    const second = await nextOf(pieces)
    const headers = headersOf(spec, clock, name)
    if (second === undefined) await putWhole(client, name, first, headers, signal)
    else await putInParts({ client, later }, name, chain([first, second], pieces), headers, signal)
  } finally {
    await pieces.return(undefined)
  }
}

async function putWhole(
  client: S3Client,
  name: ObjectName,
  content: Content,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const withSum = isLocked(headers) ? { ...headers, 'content-md5': md5Of(content) } : headers
  const key = keyOf(client.spec, name)
  await client.call({ doing: `writing ${name}`, method: 'PUT', key, headers: withSum, content }, signal)
}

async function nextOf<T>(items: AsyncGenerator<T>): Promise<T | undefined> {
  const next = await items.next()
  return next.done === true ? undefined : next.value
}

async function* chain<T>(first: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first
  yield* rest
}
