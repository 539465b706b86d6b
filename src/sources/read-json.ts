import { collectBytes } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'

/** A vault of 100,000 credentials is about 100 MB; V8 holds no text longer than 512 MiB. */
const fileLimitBytes = 400 * 1024 * 1024

/**
 * The JSON of a whole file.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` when it is none, without a word of it; `LIMIT_EXCEEDED`
 */
export async function readJson(file: AsyncIterable<Uint8Array>): Promise<unknown> {
  const bytes = await collectBytes(file, fileLimitBytes)
  try {
    // The decoder takes a byte order mark away, which some programs write and JSON.parse refuses.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // No cause: V8's message quotes the text, which may be a secret.
    throw new RedomaError('FORMAT_UNKNOWN', 'the file is not JSON')
  }
}
