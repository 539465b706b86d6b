import { open, rm } from 'node:fs/promises'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'

/**
 * Writes a file that is not there yet, for its owner alone (0600). One that fails halfway is removed again: half an export
 * looks like a whole one.
 *
 * @throws RedomaError `ALREADY_EXISTS`, `FILE_FAILED`, and what `chunks` throws
 */
export async function writeNewFile(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw cannotWrite(path, error)
  })
  try {
    for await (const chunk of chunks) await file.writeFile(chunk)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined)
    throw cannotWrite(path, error)
  }
}

function cannotWrite(path: string, error: unknown): unknown {
  if (systemCode(error) === 'EEXIST') {
    return new RedomaError('ALREADY_EXISTS', `${path} is there already`, {
      hint: 'Name a file that is not there yet: nothing is overwritten.',
    })
  }
  if (error instanceof RedomaError || systemCode(error) === undefined) return error
  return new RedomaError('FILE_FAILED', `cannot write to ${path}: ${messageOf(error)}`, { cause: error })
}
