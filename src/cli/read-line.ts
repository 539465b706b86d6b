import type { Readable } from 'node:stream'
import { RedomaError } from '../core/errors.ts'

const lineLimitBytes = 1024 * 1024

/**
 * The next line of `input`, without its end; `undefined` when there is none. What follows it stays in the stream, so that
 * the next question gets the next line.
 *
 * @throws the reason of `signal` when it says to stop
 */
export async function readLine(input: Readable, signal?: AbortSignal): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for (;;) {
    const chunk = await nextChunk(input, signal)
    if (chunk === undefined) return parts.length === 0 ? undefined : decode(parts)
    const end = chunk.indexOf(0x0a)
    parts.push(end === -1 ? chunk : chunk.subarray(0, end))
    if (end !== -1) {
      if (end + 1 < chunk.length) input.unshift(chunk.subarray(end + 1))
      return decode(parts)
    }
    length += chunk.length
    if (length > lineLimitBytes)
      throw new RedomaError('LIMIT_EXCEEDED', 'a line of standard input is too long')
  }
}

/** Whatever is there next; waits for it. The process can end afterwards: nothing goes on listening. */
async function nextChunk(input: Readable, signal: AbortSignal | undefined): Promise<Buffer | undefined> {
  for (;;) {
    signal?.throwIfAborted()
    const chunk = input.read() as Buffer | string | null
    if (chunk !== null) return Buffer.from(chunk)
    if (input.readableEnded || input.destroyed) return undefined
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error): void => {
        input.off('readable', settle).off('end', settle).off('close', settle).off('error', settle)
        signal?.removeEventListener('abort', stop)
        input.pause()
        if (error instanceof Error) reject(error)
        else resolve()
      }
      const stop = (): void => {
        settle()
      }
      signal?.addEventListener('abort', stop)
      input.on('readable', settle).on('end', settle).on('close', settle).on('error', settle)
    })
  }
}

function decode(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8').replace(/\r$/, '')
}
