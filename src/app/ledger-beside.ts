import { dirname, join } from 'node:path'
import { isRedomaError } from '../core/errors.ts'
import { readLocalFile } from './local-file.ts'

/** Half a million entries. */
const limitBytes = 256 * 1024 * 1024

/**
 * The ledger of the copy in whose `secrets`, or `secrets/scopes/NAME`, a bundle lies; `undefined` where there is none. Whoever holds the copy may have put
 * anything in its place.
 *
 * @throws RedomaError `FILE_FAILED`, `LIMIT_EXCEEDED`
 */
export async function ledgerBeside(bundlePath: string): Promise<Uint8Array | undefined> {
  for (const up of ['..', '../../..']) {
    try {
      return await readLocalFile(join(dirname(bundlePath), up, 'ledger.jsonl'), limitBytes)
    } catch (error) {
      if (!isRedomaError(error, 'NOT_FOUND')) throw error
    }
  }
  return undefined
}
