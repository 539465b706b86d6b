import { wipe } from '../../core/bytes.ts'
import { type ErrorCode, isRedomaError, RedomaError } from '../../core/errors.ts'
import { oneAhead } from '../../core/one-ahead.ts'
import { decryptAgeInTurns } from '../../crypto/age/decrypt.ts'
import { beginAgeEncryption } from '../../crypto/age/encrypt.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type Destination, type ObjectName, parseObjectName } from '../../ports/destination.ts'
import { type Digest, digestOf, PassingDigest } from './digests.ts'

/** Where and to whom things are sealed. */
export interface Sealer {
  readonly destination: Destination
  readonly recipient: string
  readonly primitives: Primitives
}

/** An encrypted object that was put, with what it takes to prove it. */
export interface SealedObject<Plaintext extends Digest = Digest> {
  readonly name: ObjectName
  readonly ciphertext: Digest
  /** Of what went in. */
  readonly plaintext: Plaintext
  /** Opens this object alone; wiped by `forget`. */
  readonly fileKey: Uint8Array
}

/** What is sealed. */
export interface Plaintext<Measured extends Digest> {
  /** Called once for each attempt of the destination, as is `measure`. */
  readonly open: () => AsyncIterable<Uint8Array>
  readonly measure: () => Measuring<Measured>
}

/** Measures a stream as it passes. */
interface Measuring<Measured> {
  through(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
  digest(): Measured
}

/** Encrypts a stream to the recipient and puts it. */
export async function sealObject<Measured extends Digest>(
  { destination, recipient, primitives }: Sealer,
  name: string,
  { open, measure }: Plaintext<Measured>,
  signal: AbortSignal,
): Promise<SealedObject<Measured>> {
  let fileKey = new Uint8Array(0)
  let plaintext = measure()
  let ciphertext = new PassingDigest()
  async function* encrypted(): AsyncGenerator<Uint8Array> {
    wipe(fileKey)
    const encryption = await beginAgeEncryption([recipient], primitives)
    fileKey = new Uint8Array(encryption.fileKey)
    wipe(encryption.fileKey)
    plaintext = measure()
    ciphertext = new PassingDigest()
    yield* ciphertext.through(encryption.ciphertext(plaintext.through(open())))
  }
  const objectName = parseObjectName(name)
  try {
    await destination.put(objectName, { open: encrypted }, signal)
  } catch (error) {
    wipe(fileKey)
    throw error
  }
  return { name: objectName, ciphertext: ciphertext.digest(), plaintext: plaintext.digest(), fileKey }
}

/**
 * Reads an object back and decrypts it to the end: what lies there is what was written, and it opens to what was sealed.
 *
 * @throws RedomaError `VERIFICATION_FAILED`
 */
export async function proveObject(sealer: Sealer, object: SealedObject, signal: AbortSignal): Promise<void> {
  const found = await readBack(sealer, object, signal)
  const isSame =
    found.stored.sha256 === object.ciphertext.sha256 &&
    found.opened.sha256 === object.plaintext.sha256 &&
    found.opened.bytes === object.plaintext.bytes
  if (!isSame) throw altered(object)
}

async function readBack(
  { destination, primitives }: Sealer,
  object: SealedObject,
  signal: AbortSignal,
): Promise<{ stored: Digest; opened: Digest }> {
  const stored = new PassingDigest()
  const read = stored.through(oneAhead(destination.get(object.name, undefined, signal)))
  try {
    const key = { kind: 'file-key', fileKey: object.fileKey } as const
    const opened = await digestOf(decryptAgeInTurns(read, key, primitives))
    return { stored: stored.digest(), opened }
  } catch (error) {
    const isAltered = isRedomaError(error) && alterations.has(error.code)
    throw isAltered ? altered(object, error) : error
  }
}

/** What an altered, cut off or missing object looks like to its reader. */
const alterations: ReadonlySet<ErrorCode> = new Set([
  'DATA_DAMAGED',
  'KEY_WRONG',
  'FORMAT_UNKNOWN',
  'LIMIT_EXCEEDED',
  'OBJECT_NOT_FOUND',
])

function altered({ name }: SealedObject, cause?: unknown): RedomaError {
  return new RedomaError('VERIFICATION_FAILED', `${name} was read back different from what was written`, {
    hint: 'The destination alters what it keeps: test it with “redoma destination test”, and check its disks.',
    cause,
  })
}

export function forget(object: SealedObject): void {
  wipe(object.fileKey)
}
