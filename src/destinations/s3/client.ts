import { AwsV4Signer } from 'aws4fetch'
import { collectBytes } from '../../core/bytes.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Clock } from '../../ports/clock.ts'
import type { S3Spec } from '../../ports/destination-spec.ts'
import { parseRefusal, type Refusal } from './answers.ts'
import { type Content, contentOf } from './body.ts'
import { exchange, type HttpAnswer, type HttpRequest, type Wire } from './exchange.ts'
import { brokenTry, type FailedTry, refusedTry } from './failures.ts'
import { locate, type Query } from './locate.ts'
import { type TryDeps, tryAgain } from './try-again.ts'

export interface S3Keys {
  readonly accessKey: string
  readonly secret: Secret
  /** Of keys that are lent for a time. */
  readonly session?: Secret
}

export interface ClientDeps extends TryDeps {
  readonly credentials: () => Promise<S3Keys>
  readonly clock: Clock
}

export interface S3Request {
  /** For messages: “writing data/aa/…”. */
  readonly doing: string
  readonly method: HttpRequest['method']
  /** `''`: the bucket itself. */
  readonly key: string
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
  readonly content?: Content
  /** Codes of refusals that are an answer, too. */
  readonly expected?: readonly string[]
}

/** An answer whose body is still to be read, or to be dropped. */
export interface OpenAnswer extends HttpAnswer {
  /** Of a refusal that was expected: its body is read already. */
  readonly refused: string | undefined
}

export interface Answer {
  readonly refused: string | undefined
  readonly bytes: Uint8Array
  readonly header: (name: string) => string | undefined
}

export interface S3Client {
  readonly spec: S3Spec
  /** Tried again where that may help. */
  call(request: S3Request, signal: AbortSignal): Promise<Answer>
  /** The same, up to the head of the answer. */
  open(request: S3Request, signal: AbortSignal): Promise<OpenAnswer>
}

/** A page of a listing has a thousand keys, of a kibibyte each at most. */
const longestAnswer = 8 * 1024 * 1024
const longestRefusal = 64 * 1024
const nothing = contentOf([])

export function s3Client(spec: S3Spec, wire: Wire, deps: ClientDeps): S3Client {
  const once = async (request: S3Request, keys: S3Keys, signal: AbortSignal): Promise<OpenAnswer> => {
    const answer = await exchange(wire, await signed(spec, request, keys, deps.clock), signal)
    if (answer.status >= 200 && answer.status < 300) return { ...answer, refused: undefined }
    const refusal = await refusalIn(answer)
    if (request.expected?.includes(refusal.code) === true) return { ...answer, refused: refusal.code }
    const aheadMs = aheadOf(deps.clock, answer)
    throw new Failure(refusedTry(request.doing, spec, { status: answer.status, refusal, aheadMs }))
  }
  const again = async <T>(
    request: S3Request,
    signal: AbortSignal,
    attempt: (keys: S3Keys) => Promise<T>,
  ): Promise<T> => {
    signal.throwIfAborted()
    // Before the tries: what fails here is no fault of the store.
    const keys = await deps.credentials()
    const failed = (error: unknown): FailedTry =>
      error instanceof Failure ? error.why : brokenTry(request.doing, spec, error)
    return tryAgain(() => attempt(keys), failed, deps, signal)
  }
  return {
    spec,
    open: (request, signal) => again(request, signal, (keys) => once(request, keys, signal)),
    call: (request, signal) =>
      again(request, signal, async (keys) => {
        const answer = await once(request, keys, signal)
        const { refused, header } = answer
        return { refused, header, bytes: refused === undefined ? await wholeOf(request, answer) : none }
      }),
  }
}

const none = new Uint8Array(0)

/** Never leaves this file. */
class Failure extends Error {
  readonly why: FailedTry

  constructor(why: FailedTry) {
    super(why.error.message)
    this.why = why
  }
}

/** The secret signs headers, and stands in none of them; nothing of it is in the URL. */
async function signed(
  spec: S3Spec,
  { method, key, query, headers, content = nothing }: S3Request,
  { accessKey, secret, session }: S3Keys,
  clock: Clock,
): Promise<HttpRequest> {
  const url = locate(spec, key, query)
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...headers, 'x-amz-content-sha256': content.sha256 },
    accessKeyId: accessKey,
    secretAccessKey: secret.reveal(),
    ...(session === undefined ? {} : { sessionToken: session.reveal() }),
    service: 's3',
    region: spec.region,
    datetime: clock
      .now()
      .toISOString()
      .replaceAll(/[:-]|\.\d{3}/g, ''),
  })
  const { headers: signedHeaders } = await signer.sign()
  const sends = method === 'PUT' || method === 'POST'
  const lengths = sends ? { 'content-length': `${content.length}` } : {}
  return { method, url, headers: { ...Object.fromEntries(signedHeaders), ...lengths }, body: content.blocks }
}

async function wholeOf({ doing }: S3Request, answer: OpenAnswer): Promise<Uint8Array> {
  try {
    return await collectBytes(answer.body(), longestAnswer)
  } catch (error) {
    if (!isRedomaError(error, 'LIMIT_EXCEEDED')) throw error
    throw new RedomaError('DESTINATION_FAILED', `${doing} failed: the answer has ${error.message}`)
  }
}

async function refusalIn(answer: HttpAnswer): Promise<Refusal> {
  const bytes = await collectBytes(answer.body(), longestRefusal).catch((error: unknown) => {
    if (error instanceof RedomaError) return none
    throw error
  })
  const said = parseRefusal(bytes)
  const region = said?.region ?? answer.header('x-amz-bucket-region')
  return { code: said?.code ?? bare[answer.status] ?? '', message: said?.message ?? '', region }
}

/** What an answer without a body means, as to HEAD. */
const bare: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  404: 'NoSuchKey',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  507: 'InsufficientStorage',
}

function aheadOf(clock: Clock, answer: HttpAnswer): number | undefined {
  const theirs = Date.parse(answer.header('date') ?? '')
  return Number.isNaN(theirs) ? undefined : theirs - clock.now().getTime()
}
