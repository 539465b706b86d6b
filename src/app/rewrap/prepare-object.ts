import { createHash } from 'node:crypto'
import { wipe } from '../../core/bytes.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { decryptAgeInTurns } from '../../crypto/age/decrypt.ts'
import { splitFile } from '../../crypto/age/file-parts.ts'
import { openHeader } from '../../crypto/age/header.ts'
import { rewrappedHeader, withHeader } from '../../crypto/age/rewrap.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Destination, ObjectBody } from '../../ports/destination.ts'
import { PassingDigest } from '../../recordings/sealed/digests.ts'
import { digestOf, type Rewrappable } from './plan-rewrap.ts'

/** An object whose new header is made, and which was read and decrypted to its end. */
export interface PreparedObject extends Disposable {
  readonly item: Rewrappable
  /** As it will lie there. */
  readonly bytes: number
  readonly sha256: string
  /** The file with its new header; checked while it is read. */
  readonly body: ObjectBody
  /** Reads what lies there now to its end. @throws RedomaError `VERIFICATION_FAILED` */
  prove(signal: AbortSignal): Promise<void>
}

/**
 * Reads an object as it lies at the destination, and makes a new header for it.
 *
 * @returns `undefined` for one that has its new header already
 * @throws RedomaError `KEY_WRONG` when none of the identities opens it, `DATA_DAMAGED` when it is not what the ledger says, and what the
 * destination throws
 */
export async function prepareObject(
  item: Rewrappable,
  destination: Destination,
  { identities, recipient }: { readonly identities: readonly Secret[]; readonly recipient: string },
  primitives: Primitives,
  signal: AbortSignal,
): Promise<PreparedObject | undefined> {
  const get = (stop: AbortSignal) => destination.get(item.object, undefined, stop)
  const header = await headerOf(get(signal))
  const fileKey = await openedBy(header, identities, item, () => get(signal))
  if (fileKey === undefined) return undefined
  try {
    const replacement = await rewrappedHeader(recipient, fileKey)
    const as = new PassingDigest()
    await readToEnd(decryptAgeInTurns(as.through(get(signal)), { kind: 'file-key', fileKey }, primitives))
    requireListed(item, as.digest())
    const wanted = await digestOf(withHeader(get(signal), header, replacement))
    return {
      item,
      ...wanted,
      body: {
        size: wanted.bytes,
        open: () => checked(withHeader(get(signal), header, replacement), wanted.sha256),
      },
      async prove(stop) {
        const found = new PassingDigest()
        await readToEnd(
          decryptAgeInTurns(found.through(get(stop)), { kind: 'file-key', fileKey }, primitives),
        )
        if (found.digest().sha256 === wanted.sha256) return
        throw new RedomaError('VERIFICATION_FAILED', `${item.object} does not read back as it was written`)
      },
      [Symbol.dispose]() {
        wipe(fileKey)
      },
    }
  } catch (error) {
    wipe(fileKey)
    throw error
  }
}

async function readToEnd(plaintext: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = plaintext[Symbol.asyncIterator]()
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next());
}

async function headerOf(file: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const iterator = file[Symbol.asyncIterator]()
  try {
    return (await splitFile(iterator)).header
  } finally {
    await iterator.return?.()
  }
}

/** What was announced, lies there as it was announced and does not open any more was done. */
async function openedBy(
  header: Uint8Array,
  identities: readonly Secret[],
  { isAnnounced, states }: Rewrappable,
  read: () => AsyncIterable<Uint8Array>,
): Promise<Uint8Array | undefined> {
  try {
    return await openHeader(header, { kind: 'identities', identities })
  } catch (error) {
    if (!isAnnounced || !isRedomaError(error, 'KEY_WRONG')) throw error
    const { sha256 } = await digestOf(read())
    if (sha256 !== states[0]?.sha256) throw error
    return undefined
  }
}

/** What somebody has altered is not given a new hash in the ledger. */
function requireListed({ object, states }: Rewrappable, found: { readonly sha256: string }): void {
  if (states.some(({ sha256 }) => sha256 === found.sha256)) return
  throw new RedomaError('DATA_DAMAGED', `${object} is not what was put there`)
}

async function* checked(file: AsyncIterable<Uint8Array>, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of file) {
    hash.update(chunk)
    yield chunk
  }
  // An upload that fails here replaces nothing.
  if (hash.digest('hex') !== sha256)
    throw new RedomaError('DATA_DAMAGED', 'the file has changed since it was read')
}
