import { resolve } from 'node:path'
import { fingerprintOf } from '../bundle/ceremony/wrap-identity.ts'
import type { Manifest } from '../bundle/contents/manifest.ts'
import type { LedgerOnBundle } from '../bundle/ledger/judge-bundle.ts'
import { type DamagedEntry, type OpenBundle, openBundle } from '../bundle/open-bundle.ts'
import { readCredentials } from '../bundle/read-credentials.ts'
import { hasAll, searchText, searchWords } from '../bundle/search-words.ts'
import { type TotpCode, totpCode } from '../bundle/totp.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { type AgeReader, openRandomAccess } from '../crypto/age/random-access.ts'
import { recipientOf } from '../crypto/age/recipients.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Clock } from '../ports/clock.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import { parseCredential } from '../ports/credential-json.ts'
import { extractAll } from './extract-bundle.ts'
import { ledgerOnBundle } from './ledger-on-bundle.ts'
import { openLocalFile } from './local-file.ts'

export interface OpenGlassRequest {
  readonly bundlePath: string
  /**
   * Asked when the file was found to be one of age.
   *
   * @param opens whether any of these opens the bundle
   */
  identities(opens: (identities: readonly Secret[]) => Promise<boolean>): Promise<readonly Secret[]>
}

/** A bundle that is open: everything in it was checked against its manifest. */
export interface OpenGlass extends AsyncDisposable {
  readonly manifest: Manifest
  /** What of it is not as it was made, and is left out when it is extracted; `secrets.json` is never among it. */
  readonly damaged: readonly DamagedEntry[]
  /**
   * Of the key that opened it, made from that key itself: SHA-256 of its recipient, lower-case hex. Whoever made up a copy can write any
   * fingerprint into it but this one: it is to be compared with the card.
   */
  readonly keyFingerprint: string
  /** What the ledger in the same copy says of it; absent where there is none. */
  readonly ledger?: LedgerOnBundle | undefined
  /** Milliseconds since the bundle was made. */
  readonly ageMs: number
  /**
   * Credentials in which every word of `text` occurs: in title, user, host, URL, database, folder, owner or tags; capitals and
   * accents are the same. Secrets and notes are not looked at. All of them for `''`.
   */
  search(text: string): readonly CredentialRecord[]
  /** The one whose id, or whole title, is `text`. @throws RedomaError `NOT_FOUND`, `AMBIGUOUS` */
  find(text: string): CredentialRecord
  /** @throws RedomaError `NOT_FOUND` when it has no seed, `DATA_DAMAGED` when the seed is of no use */
  totp(record: CredentialRecord): TotpCode
  /**
   * Writes everything into a new or empty folder: 0700, files 0600.
   *
   * @returns absolute paths
   * @throws RedomaError `ALREADY_EXISTS`, `FILE_FAILED`
   */
  extractTo(folder: string, signal: AbortSignal): Promise<readonly string[]>
}

/**
 * Opens a bundle with nothing but its file and the recovery key: no instance, no catalogue, no network.
 *
 * @throws RedomaError `KEY_WRONG`, `DATA_DAMAGED`, `FORMAT_UNKNOWN`, `NOT_FOUND`, `LIMIT_EXCEEDED`
 */
export type OpenGlassUseCase = (request: OpenGlassRequest, signal: AbortSignal) => Promise<OpenGlass>

export interface OpenGlassDeps {
  readonly primitives: Primitives
  readonly clock: Clock
}

export function makeOpenGlass({ primitives, clock }: OpenGlassDeps): OpenGlassUseCase {
  return async (request, signal) => {
    await using opening = new AsyncDisposableStack()
    const file = opening.use(await openLocalFile(request.bundlePath))
    const openWith = (identities: readonly Secret[]): Promise<AgeReader> =>
      openRandomAccess(file, { kind: 'identities', identities }, primitives)
    // With nobody's, what is no age file is told before anybody types a password.
    await opens([])
    const identities = await request.identities(opens)
    signal.throwIfAborted()
    const reader = opening.use(await openWith(identities))
    const bundle = await openBundle(reader)
    const damaged = await bundle.verify(signal)
    const { json, openAttachment } = await readCredentials(bundle)
    const records = json.map((one) => parseCredential(one, openAttachment))
    const ledger = await ledgerOnBundle(request.bundlePath, bundle)
    const keyFingerprint = await fingerprintOfOpening(identities)
    const opened = opening.move()
    return {
      damaged,
      ledger,
      keyFingerprint,
      ...glassOf(bundle, damaged, records, clock),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }

    /** Of several identities, of the first that opens it. */
    async function fingerprintOfOpening(identities: readonly Secret[]): Promise<string> {
      for (const identity of identities) {
        if (await opens([identity])) return fingerprintOf(await recipientOf(identity))
      }
      throw new RedomaError('KEY_WRONG', 'none of these identities opens the bundle by itself')
    }

    async function opens(identities: readonly Secret[]): Promise<boolean> {
      try {
        const reader = await openWith(identities)
        reader[Symbol.dispose]()
        return true
      } catch (error) {
        if (isRedomaError(error, 'KEY_WRONG')) return false
        throw error
      }
    }
  }
}

function glassOf(
  bundle: OpenBundle,
  damaged: readonly DamagedEntry[],
  records: readonly CredentialRecord[],
  clock: Clock,
): Omit<OpenGlass, 'damaged' | 'ledger' | 'keyFingerprint' | typeof Symbol.asyncDispose> {
  const texts = records.map(searchText)
  return {
    manifest: bundle.manifest,
    ageMs: clock.now().getTime() - new Date(bundle.manifest.time).getTime(),
    search(text) {
      const words = searchWords(text)
      return records.filter((_, at) => hasAll(texts[at] ?? '', words))
    },
    find: (text) => findOne(records, text),
    totp(record) {
      if (record.totp === undefined) {
        throw new RedomaError('NOT_FOUND', `${JSON.stringify(record.title)} has no TOTP seed`)
      }
      return totpCode(record.totp, clock.now())
    },
    extractTo: (folder, signal) => extractAll(bundle, damaged, resolve(folder), signal),
  }
}

function findOne(records: readonly CredentialRecord[], text: string): CredentialRecord {
  const byId = records.filter(({ id }) => id === text)
  const found = byId.length > 0 ? byId : records.filter(({ title }) => title === text)
  const [only] = found
  if (only === undefined)
    throw new RedomaError('NOT_FOUND', `no credential is called ${JSON.stringify(text)}`)
  if (found.length > 1) {
    throw new RedomaError('AMBIGUOUS', `${found.length} credentials are called ${JSON.stringify(text)}`, {
      hint: `Name one by its id: ${found.map(({ id }) => id).join(', ')}`.slice(0, 500),
    })
  }
  return only
}
