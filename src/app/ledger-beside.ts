import { dirname, join } from 'node:path'
import { isRedomaError } from '../core/errors.ts'
import { readLocalFile } from './local-file.ts'

/** Half a million entries. */
const limitBytes = 256 * 1024 * 1024

/**
 * The ledger of the copy in whose `secrets` a bundle lies; `undefined` where there is none. Whoever holds the copy may have put
 * anything in its place.
 *
 * @throws RedomaError `FILE_FAILED`, `LIMIT_EXCEEDED`
 */
export async function ledgerBeside(bundlePath: string): Promise<Uint8Array | undefined> {
  try {
    return await readLocalFile(join(dirname(bundlePath), '..', 'ledger.jsonl'), limitBytes)
  } catch (error) {
    if (isRedomaError(error, 'NOT_FOUND')) return undefined
    throw error
  }
}
