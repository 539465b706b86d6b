import { RedomaError } from '../../core/errors.ts'
import type { ByteRange, ObjectName } from '../../ports/destination.ts'
import type { OpenAnswer, S3Client } from './client.ts'
import { brokenTry } from './failures.ts'
import { keyOf } from './locate.ts'

/** How often in a row a connection may break without a byte in between. */
const barrenTries = 5

/** Which bytes of which object; `end` is not among them, and unknown before the first answer to a whole one. */
interface Wanted {
  readonly name: ObjectName
  readonly start: number
  readonly end: number | undefined
  /** The object that we began to read, and no other. */
  readonly etag: string | undefined
}

/** What breaks off is gone on with where it broke, from the same object: never a mixture of two. */
export async function* readObject(
  client: S3Client,
  name: ObjectName,
  range: ByteRange | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (range?.length === 0) {
    await expectSize(client, name, range.offset, signal)
    return
  }
  const end = range === undefined ? undefined : range.offset + range.length
  let wanted: Wanted = { name, start: range?.offset ?? 0, end, etag: undefined }
  for (let barren = 0; ; barren++) {
    const answer = await openAt(client, wanted, signal)
    wanted = { ...wanted, end: wanted.end ?? lengthOf(answer, wanted), etag: answer.header('etag') }
    try {
      for await (const chunk of answer.body()) {
        const start = wanted.start + chunk.length
        if (wanted.end !== undefined && start > wanted.end) throw tooMuch(name)
        wanted = { ...wanted, start }
        barren = -1
        yield chunk
      }
      if (wanted.end === undefined || wanted.start === wanted.end) return
      throw new Error(`it ended ${wanted.end - wanted.start} bytes early`)
    } catch (error) {
      signal.throwIfAborted()
      const failed = brokenTry(`reading ${name}`, client.spec, error)
      if (!failed.passes || wanted.etag === undefined || barren >= barrenTries) throw failed.error
    }
  }
}

async function openAt(
  client: S3Client,
  { name, start, end, etag }: Wanted,
  signal: AbortSignal,
): Promise<OpenAnswer> {
  const whole = start === 0 && end === undefined
  const headers = {
    ...(whole ? {} : { range: `bytes=${start}-${end === undefined ? '' : end - 1}` }),
    ...(etag === undefined ? {} : { 'if-match': etag }),
  }
  const expected = ['NoSuchKey', 'InvalidRange', 'PreconditionFailed']
  const request = {
    doing: `reading ${name}`,
    method: 'GET',
    key: keyOf(client.spec, name),
    headers,
    expected,
  } as const
  const answer = await client.open(request, signal)
  if (etag !== undefined && answer.refused !== undefined) throw replaced(name)
  if (answer.refused === 'NoSuchKey') throw notFound(name)
  if (answer.refused !== undefined) throw tooShort(name, end)
  if (whole) return answer
  const found = /^bytes (\d+)-(\d+)\//.exec(answer.header('content-range') ?? '')
  if (answer.status === 206 && Number(found?.[1]) === start) {
    if (end === undefined || Number(found?.[2]) === end - 1) return answer
    answer.drop()
    throw tooShort(name, end)
  }
  answer.drop()
  throw new RedomaError(
    'DESTINATION_FAILED',
    `reading ${name} failed: the store gave other bytes than asked for`,
  )
}

function lengthOf(answer: OpenAnswer, { start }: Wanted): number | undefined {
  const length = Number(answer.header('content-length') ?? NaN)
  return Number.isSafeInteger(length) ? start + length : undefined
}

/** That there is an object which has so many bytes at least. */
async function expectSize(
  client: S3Client,
  name: ObjectName,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const doing = `looking at ${name}`
  const request = { doing, method: 'HEAD', key: keyOf(client.spec, name), expected: ['NoSuchKey'] } as const
  const answer = await client.call(request, signal)
  if (answer.refused !== undefined) throw notFound(name)
  if (Number(answer.header('content-length')) < size) throw tooShort(name, size)
}

function notFound(name: ObjectName): RedomaError {
  return new RedomaError('OBJECT_NOT_FOUND', `there is no ${name}`)
}

function tooShort(name: ObjectName, end: number | undefined): RedomaError {
  return new RedomaError('DATA_DAMAGED', `${name} has less than ${end ?? 0} bytes`)
}

function tooMuch(name: ObjectName): RedomaError {
  return new RedomaError('DESTINATION_FAILED', `reading ${name} failed: the store gave more than it said`)
}

/** Not unreadable: who read on would have the beginning of one and the end of the other. */
function replaced(name: ObjectName): RedomaError {
  return new RedomaError(
    'DESTINATION_FAILED',
    `reading ${name} failed: the connection broke, and the object was replaced or removed meanwhile`,
    { hint: 'Try again.' },
  )
}
