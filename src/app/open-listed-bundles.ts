import { currentObjects } from '../bundle/ledger/current-objects.ts'
import { type OpenedBundle } from '../bundle/ledger/judge-bundles.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import { type LedgerSigner, signerIn } from '../bundle/ledger/signers.ts'
import { openBundle } from '../bundle/open-bundle.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { openRandomAccess } from '../crypto/age/random-access.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Destination } from '../ports/destination.ts'
import type { Progress } from '../ports/progress.ts'
import { objectAccess } from './object-access.ts'
import type { GlassProblem } from './verify-objects.ts'

/** What opens bundles, and how. */
export interface GlassKey {
  readonly identities: readonly Secret[]
  readonly primitives: Primitives
}

export interface OpenedBundles {
  readonly opened: readonly OpenedBundle[]
  readonly problems: readonly GlassProblem[]
  /** Names of bundles that are sealed to another key. */
  readonly ofOtherKeys: readonly string[]
  /** Who signs ledgers, as the newest bundle that opens says. */
  readonly signer: LedgerSigner | undefined
}

/**
 * Decrypts every bundle that the ledger lists to its end, and checks all that is in it. What is missing or altered is passed over: that is
 * told by its hash.
 *
 * @throws RedomaError what the destination throws
 */
export async function openListedBundles(
  destination: Destination,
  entries: readonly LedgerEntry[],
  key: GlassKey,
  progress: Progress,
  signal: AbortSignal,
): Promise<OpenedBundles> {
  const listed = [...currentObjects(entries).values()].filter(({ kind }) => kind === 'bundle')
  progress({ kind: 'step', title: 'Opening bundles', unit: 'files', total: listed.length })
  const opened: OpenedBundle[] = []
  const problems: GlassProblem[] = []
  const ofOtherKeys: string[] = []
  let signer: LedgerSigner | undefined
  for (const [index, entry] of listed.entries()) {
    const { object } = entry
    try {
      const one = await openOne(destination, entry, key, signal)
      opened.push({ entry, manifest: one.manifest })
      signer = one.signer ?? signer
      problems.push(...one.damaged.map((message) => ({ kind: 'altered' as const, object, message })))
    } catch (error) {
      signal.throwIfAborted()
      if (isRedomaError(error, 'KEY_WRONG')) ofOtherKeys.push(object)
      else if (isRedomaError(error, 'FORMAT_UNKNOWN') || isRedomaError(error, 'PATH_UNSAFE')) {
        problems.push({ kind: 'forged', object, message: `${object} is no bundle: ${error.message}` })
      } else if (isRedomaError(error, 'DATA_DAMAGED') || isRedomaError(error, 'LIMIT_EXCEEDED')) {
        problems.push({ kind: 'altered', object, message: `${object} cannot be opened: ${error.message}` })
      } else if (!isRedomaError(error, 'OBJECT_NOT_FOUND') && !isRedomaError(error, 'OBJECT_UNREADABLE')) {
        throw error
      }
    }
    progress({ kind: 'advance', done: index + 1, detail: object })
  }
  return { opened, problems, ofOtherKeys, signer }
}

async function openOne(
  destination: Destination,
  { object, bytes }: LedgerEntry,
  { identities, primitives }: GlassKey,
  signal: AbortSignal,
) {
  const file = objectAccess(destination, object, bytes, signal)
  using reader = await openRandomAccess(file, { kind: 'identities', identities }, primitives)
  const bundle = await openBundle(reader)
  const damaged = await bundle.verify(signal)
  const hasSigners = bundle.manifest.entries.some(({ path }) => path === allowedSigners)
  const text = hasSigners ? await collectBytes(bundle.read(allowedSigners), signersLimitBytes) : undefined
  return {
    manifest: bundle.manifest,
    damaged: damaged.map(({ message }) => `${object}: ${message}`),
    signer: text === undefined ? undefined : signerIn(new TextDecoder().decode(text)),
  }
}

const allowedSigners = 'system/allowed_signers'
const signersLimitBytes = 64 * 1024
