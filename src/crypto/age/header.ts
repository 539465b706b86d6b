import { Decrypter, Encrypter, type Identity, type Stanza } from 'age-encryption'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { fileKeyBytes } from './payload-key.ts'
import { isScryptStanza, passphraseIdentity } from './scrypt.ts'
import { isSshRecipient, sshRecipient } from './ssh-recipient.ts'

/** Ours have one or two. Each costs an elliptic curve, or more, for each identity that is tried: a header has room for thousands. */
const stanzaLimit = 16

/** What may open an age file. */
export type AgeKey =
  | { readonly kind: 'identities'; readonly identities: readonly Secret[] }
  | { readonly kind: 'passphrase'; readonly passphrase: Secret }
  /** The file's own key, 16 bytes: opens this one file, without any identity. */
  | { readonly kind: 'file-key'; readonly fileKey: Uint8Array }

export interface NewHeader {
  readonly header: Uint8Array
  /** 16 bytes; the caller wipes them. */
  readonly fileKey: Uint8Array
}

/**
 * A header to `recipients`, with a new file key. typage has no call for a header alone: so it encrypts nothing to them
 * and to one more recipient, who keeps the file key and leaves no stanza.
 */
export async function newHeader(recipients: readonly string[]): Promise<NewHeader> {
  let fileKey = new Uint8Array(fileKeyBytes)
  const encrypter = new Encrypter()
  for (const recipient of recipients) addRecipient(encrypter, recipient)
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = key.slice()
      return []
    },
  })
  const header = await headerOf(encrypter).catch((error: unknown) => {
    // A point of small order: typage looks at it when it encrypts.
    throw new RedomaError('FORMAT_UNKNOWN', 'nothing can be sealed to this public key', { cause: error })
  })
  return { header, fileKey }
}

/** A header to `recipients` for a file key that is there already. The first recipient leaves no stanza, and puts that key where typage has made one. */
export async function headerFor(recipients: readonly string[], fileKey: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient({
    wrapFileKey(key) {
      key.set(fileKey)
      return []
    },
  })
  for (const recipient of recipients) addRecipient(encrypter, recipient)
  return headerOf(encrypter)
}

/**
 * Of an empty file. As a stream, whose first chunk is the header: a file in memory would go through a `Response`, for which Node.js
 * loads all of its HTTP client (30 ms of 150).
 */
async function headerOf(encrypter: Encrypter): Promise<Uint8Array> {
  const nothing = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.close()
    },
  })
  const reader = (await encrypter.encrypt(nothing)).getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return value ?? new Uint8Array(0)
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(isSshRecipient(recipient) ? sshRecipient(recipient) : recipient)
  } catch (error) {
    if (isRedomaError(error)) throw error
    throw new RedomaError('FORMAT_UNKNOWN', 'this is not an age recipient, or some of it was mistyped', {
      cause: error,
    })
  }
}

/**
 * The file key (16 bytes, the caller wipes them) of the file that `header` begins, once the header's MAC was verified.
 *
 * @throws RedomaError `KEY_WRONG`, `DATA_DAMAGED`, `LIMIT_EXCEEDED` for a passphrase that takes too much work, or for many recipients
 */
export async function openHeader(header: Uint8Array, key: AgeKey): Promise<Uint8Array> {
  const nobodyFits = new RedomaError('KEY_WRONG', wrongKeyMessage(key))
  const decrypter = new Decrypter()
  // typage asks one identity after the other: the first only looks, the last is reached when none before it fitted.
  decrypter.addIdentity(asking(refuseManyStanzas))
  decrypter.addIdentity(asking(refuseMixedStanzas))
  for (const identity of identitiesOf(key)) addIdentity(decrypter, identity)
  decrypter.addIdentity(
    asking(() => {
      throw nobodyFits
    }),
  )
  try {
    return await decrypter.decryptHeader(header)
  } catch (error) {
    if (isRedomaError(error)) throw error
    throw new RedomaError('DATA_DAMAGED', 'the header of the age file is damaged', { cause: error })
  }
}

function identitiesOf(key: AgeKey): readonly (string | Identity)[] {
  switch (key.kind) {
    case 'identities':
      return key.identities.map((identity) => identity.reveal().trim())
    case 'passphrase':
      return [passphraseIdentity(key.passphrase)]
    case 'file-key':
      return [{ unwrapFileKey: () => key.fileKey.slice() }]
  }
}

function addIdentity(decrypter: Decrypter, identity: string | Identity): void {
  try {
    decrypter.addIdentity(identity)
  } catch {
    // Without the cause: typage's message would repeat the identity.
    throw new RedomaError('KEY_WRONG', 'this is not an age identity, or some of it was mistyped')
  }
}

function asking(look: (stanzas: readonly Stanza[]) => void): Identity {
  return {
    unwrapFileKey(stanzas) {
      look(stanzas)
      return null
    },
  }
}

function refuseManyStanzas({ length }: readonly Stanza[]): void {
  if (length <= stanzaLimit) return
  throw new RedomaError(
    'LIMIT_EXCEEDED',
    `the age file has ${length} recipients; ${stanzaLimit} are the most that is tried`,
  )
}

/** A passphrase stanza stands alone: else whoever made the file could not be told from whoever knows the passphrase. */
function refuseMixedStanzas(stanzas: readonly Stanza[]): void {
  if (stanzas.length > 1 && stanzas.some(isScryptStanza)) {
    throw new RedomaError('DATA_DAMAGED', 'the age file has a passphrase among other recipients')
  }
}

function wrongKeyMessage(key: AgeKey): string {
  switch (key.kind) {
    case 'identities':
      return key.identities.length === 1
        ? 'this identity does not open the age file'
        : `none of these ${key.identities.length} identities opens the age file`
    case 'passphrase':
      return 'this password does not open the age file'
    case 'file-key':
      return 'this file key does not open the age file'
  }
}
