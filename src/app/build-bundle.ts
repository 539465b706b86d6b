import { createHash } from 'node:crypto'
import { bundleContents } from '../bundle/contents/bundle-contents.ts'
import type { BundleInput } from '../bundle/contents/bundle-input.ts'
import { paddingName } from '../bundle/contents/manifest.ts'
import { openBundle } from '../bundle/open-bundle.ts'
import { paddedSize } from '../bundle/zip/padding.ts'
import { writeZip } from '../bundle/zip/write-zip.ts'
import { wipe } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { beginAgeEncryption } from '../crypto/age/encrypt.ts'
import { openRandomAccess } from '../crypto/age/random-access.ts'
import type { Primitives } from '../crypto/primitives.ts'
import { type BundleSpool, spoolBundle } from './bundle-spool.ts'

/** A bundle that is made and proven here, ready to be copied to destinations. Key and spool are gone with the scope. */
export interface BuiltBundle extends AsyncDisposable {
  readonly spool: BundleSpool
  /** Opens this bundle alone. */
  readonly fileKey: Uint8Array
  readonly plaintextBytes: number
  /** Lower-case hex, of the whole plaintext. */
  readonly plaintextSha256: string
}

/**
 * Makes the bundle once, however many destinations there are: plaintext is only ever in memory, ciphertext goes to the
 * spool. Then opens it there as people will in an emergency, and reads everything in it.
 *
 * @throws RedomaError `VERIFICATION_FAILED` when it does not open, and what sources throw
 */
export async function buildBundle(
  input: BundleInput,
  recipient: string,
  runFolder: string,
  primitives: Primitives,
  signal: AbortSignal,
): Promise<BuiltBundle> {
  const encryption = await beginAgeEncryption([recipient], primitives)
  const { fileKey } = encryption
  await using abandoned = new AsyncDisposableStack()
  abandoned.defer(() => {
    wipe(fileKey)
  })
  const plaintext = measured(
    writeZip(bundleContents(input), { name: paddingName, sizeFor: paddedSize }),
    signal,
  )
  const spool = await spoolBundle(runFolder, input.sequence, encryption.ciphertextInTurns(plaintext.chunks))
  abandoned.use(spool)
  await proveSpool(spool, fileKey, input, primitives, signal)
  const owned = abandoned.move()
  return {
    spool,
    fileKey,
    ...plaintext.result(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function measured(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  const hash = createHash('sha256')
  let plaintextBytes = 0
  return {
    chunks: (async function* () {
      for await (const chunk of chunks) {
        signal.throwIfAborted()
        hash.update(chunk)
        plaintextBytes += chunk.length
        yield chunk
      }
    })(),
    result: () => ({ plaintextBytes, plaintextSha256: hash.digest('hex') }),
  }
}

async function proveSpool(
  spool: BundleSpool,
  fileKey: Uint8Array,
  input: BundleInput,
  primitives: Primitives,
  signal: AbortSignal,
): Promise<void> {
  try {
    await using file = await spool.file()
    using reader = await openRandomAccess(file, { kind: 'file-key', fileKey }, primitives)
    const bundle = await openBundle(reader)
    const damaged = await bundle.verify(signal)
    if (damaged.length === 0 && bundle.manifest.counts.credentials === input.records.length) return
  } catch (error) {
    signal.throwIfAborted()
    throw notProven(error)
  }
  throw notProven(undefined)
}

function notProven(cause: unknown): RedomaError {
  return new RedomaError(
    'VERIFICATION_FAILED',
    'the bundle that was made cannot be opened; it was not published',
    {
      cause,
    },
  )
}
