import { createHash } from 'node:crypto'
import { messageOf, RedomaError } from '../core/errors.ts'
import { oneAhead } from '../core/one-ahead.ts'
import { decryptAgeInTurns } from '../crypto/age/decrypt.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Destination, ObjectName } from '../ports/destination.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { BuiltBundle } from './build-bundle.ts'
import type { Target } from './target.ts'

/**
 * Copies a bundle to a destination, then reads it back: every byte must be as it was sent, and it must decrypt to its
 * end. One that does not is removed again, as far as the destination lets us. A destination that is only written to has it when
 * the flush has succeeded.
 *
 * @throws RedomaError what the destination throws; `VERIFICATION_FAILED`
 */
export async function publishBundle(
  bundle: BuiltBundle,
  name: ObjectName,
  { record, destination }: Target,
  primitives: Primitives,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { spool } = bundle
    await destination.put(name, { size: spool.bytes, open: () => spool.open() }, signal)
    await destination.flush(signal)
    if (isWriteOnly(record.spec)) return
    await proveCopy(bundle, oneAhead(destination.get(name, undefined, signal)), primitives)
  } catch (error) {
    await removeQuietly(destination, name)
    throw error
  }
}

async function proveCopy(
  bundle: BuiltBundle,
  copy: AsyncIterable<Uint8Array>,
  primitives: Primitives,
): Promise<void> {
  const ciphertextHash = createHash('sha256')
  const plaintextHash = createHash('sha256')
  const key = { kind: 'file-key', fileKey: bundle.fileKey } as const
  try {
    for await (const chunk of decryptAgeInTurns(passing(copy, ciphertextHash), key, primitives)) {
      plaintextHash.update(chunk)
    }
  } catch (error) {
    if (error instanceof RedomaError && error.code.startsWith('DESTINATION_')) throw error
    throw new RedomaError('VERIFICATION_FAILED', `the copy cannot be opened: ${messageOf(error)}`, {
      cause: error,
    })
  }
  const isSame =
    ciphertextHash.digest('hex') === bundle.spool.sha256 &&
    plaintextHash.digest('hex') === bundle.plaintextSha256
  if (!isSame) throw new RedomaError('VERIFICATION_FAILED', 'the copy does not read back as it was written')
}

async function* passing(
  chunks: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

/** Not with the run's signal: a run that was stopped must not leave a bundle behind that nobody has proven. */
async function removeQuietly(destination: Destination, name: ObjectName): Promise<void> {
  try {
    await destination.remove(name, AbortSignal.timeout(10_000))
  } catch {
    // The first error is the one that counts. No ledger lists this copy, so `redoma backup verify` will name it.
  }
}
