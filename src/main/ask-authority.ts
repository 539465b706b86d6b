import type { AskAuthority } from '../app/stamp-ledger.ts'
import { collectBytes } from '../core/bytes.ts'
import { messageOf, RedomaError } from '../core/errors.ts'

const patienceMs = 30_000
/** With the certificates of a whole chain a reply has ten thousand bytes. */
const replyLimitBytes = 256 * 1024

/** By HTTP, as RFC 3161, 3.4 has it. */
export const askAuthority: AskAuthority = async (url, request, signal) => {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(request),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    })
    const type = answer.headers.get('content-type') ?? ''
    if (!answer.ok || !type.startsWith('application/timestamp-reply') || answer.body === null) {
      await answer.body?.cancel()
      throw new Error(`it answered ${answer.status} ${type}`)
    }
    return await collectBytes(answer.body, replyLimitBytes)
  } catch (error) {
    signal.throwIfAborted()
    const cause = error instanceof Error ? error.cause : undefined
    const why = cause === undefined ? messageOf(error) : messageOf(cause)
    throw new RedomaError('DESTINATION_FAILED', `no time stamp from ${url}: ${why}`, { cause: error })
  }
}
