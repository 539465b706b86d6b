import { randomBytes } from 'node:crypto'
import { toHex } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { ObjectName } from '../../ports/destination.ts'
import { expectCompleted, parseBegun } from './answers.ts'
import { type Content, contentOf, md5Of } from './body.ts'
import type { S3Client } from './client.ts'
import { ensureRetained } from './ensure-retained.ts'
import { keyOf } from './locate.ts'
import { isLocked } from './object-headers.ts'

const MiB = 1024 * 1024
const mostParts = 10_000
/** So many parts are on their way while the next is read: memory for one more than that. */
const partsAtOnce = 3
/** Tells the object that this upload made from another of that name. */
const mark = 'x-amz-meta-redoma-upload'

interface PartsDeps {
  readonly client: S3Client
  readonly later: (work: Promise<unknown>) => void
}

interface Upload {
  readonly client: S3Client
  readonly name: ObjectName
  readonly key: string
  readonly id: string
  readonly mark: string
  readonly summed: boolean
}

/**
 * Length of the part of each number, from 0 on. Of a known size: all the same, and as short as 10,000 parts allow. Of an unknown one:
 * 16 MiB each up to 80 GiB; beyond, they double at every thousand, for a tebibyte in all. (There are stores that want all parts of one
 * size: they take 80 GiB.)
 */
export function partBytes(size: number | undefined): (number: number) => number {
  if (size === undefined) return (number) => 16 * MiB * 2 ** Math.max(0, Math.floor(number / 1000) - 4)
  const each = Math.max(16 * MiB, Math.ceil(size / mostParts / MiB) * MiB)
  return () => each
}

/** Nothing is seen of it before its end; when it fails, the store is told to forget the parts. */
export async function putInParts(
  { client, later }: PartsDeps,
  name: ObjectName,
  parts: AsyncIterable<Content>,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const upload = await begin(client, name, headers, signal)
  const failed = new AbortController()
  const working = AbortSignal.any([signal, failed.signal])
  const sending = new Set<Promise<void>>()
  const tags: string[] = []
  try {
    let number = 0
    for await (const part of parts) {
      working.throwIfAborted()
      if (number === mostParts) throw tooLong(name)
      const index = number++
      const sent = putPart(upload, index + 1, part, working)
        .then((tag) => {
          tags[index] = tag
        })
        .finally(() => sending.delete(sent))
      // The first that fails stops the others, and is thrown below.
      sent.catch((error: unknown) => {
        failed.abort(error)
      })
      sending.add(sent)
      if (sending.size >= partsAtOnce) await Promise.race(sending)
    }
    await Promise.all(sending)
    working.throwIfAborted()
    await complete(upload, tags, signal)
  } catch (error) {
    failed.abort(error)
    later(Promise.allSettled(sending).then(() => abandon(upload.client, upload)))
    throw error
  }
  await ensureRetained(client, name, headers, signal)
}

async function begin(
  client: S3Client,
  name: ObjectName,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Upload> {
  const key = keyOf(client.spec, name)
  const random = toHex(randomBytes(16))
  const request = {
    doing: `beginning to write ${name}`,
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: { ...headers, [mark]: random },
  } as const
  const { bytes } = await client.call(request, signal)
  return { client, name, key, id: parseBegun(bytes), mark: random, summed: isLocked(headers) }
}

/** Gives the tag by which the store knows the part. */
async function putPart(
  upload: Upload,
  number: number,
  content: Content,
  signal: AbortSignal,
): Promise<string> {
  const { client, name, key, id, summed } = upload
  const doing = `writing part ${number} of ${name}`
  const query = { partNumber: `${number}`, uploadId: id }
  const headers = summed ? { 'content-md5': md5Of(content) } : {}
  const { header } = await client.call({ doing, method: 'PUT', key, query, headers, content }, signal)
  const tag = header('etag')
  if (tag === undefined) throw new RedomaError('DESTINATION_FAILED', `${doing} failed: the store gave no tag`)
  return tag
}

async function complete(upload: Upload, tags: readonly string[], signal: AbortSignal): Promise<void> {
  const { client, name, key, id } = upload
  const parts = tags.map(
    (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escape(tag)}</ETag></Part>`,
  )
  const xml = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
  const request = {
    doing: `finishing ${name}`,
    method: 'POST',
    key,
    query: { uploadId: id },
    content: contentOf([Buffer.from(xml)]),
    expected: ['NoSuchUpload'],
  } as const
  const { refused, bytes } = await client.call(request, signal)
  if (refused === undefined) {
    expectCompleted(bytes)
    return
  }
  // An earlier try may have done it, and its answer was lost.
  const head = { doing: `looking at ${name}`, method: 'HEAD', key, expected: ['NoSuchKey'] } as const
  const { header } = await client.call(head, signal)
  if (header(mark) === upload.mark) return
  throw new RedomaError('DESTINATION_FAILED', `finishing ${name} failed: the store has forgotten its parts`)
}

/** Never fails: what stays is found a day later. */
export async function abandon(client: S3Client, { key, id }: Pick<Upload, 'key' | 'id'>): Promise<void> {
  const doing = 'abandoning an upload'
  const request = {
    doing,
    method: 'DELETE',
    key,
    query: { uploadId: id },
    expected: ['NoSuchUpload'],
  } as const
  await client.call(request, AbortSignal.timeout(10_000)).catch(() => undefined)
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function tooLong(name: ObjectName): RedomaError {
  return new RedomaError('LIMIT_EXCEEDED', `${name} is longer than an object can be`)
}
