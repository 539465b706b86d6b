import { generateMasterPassword } from '../bundle/ceremony/generate-password.ts'
import { requireStrongPassword } from '../bundle/ceremony/judge-password.ts'
import { makeKey, type NamedScheme, type NewKey, type NewShare } from '../bundle/ceremony/make-key.ts'
import type { KnownOfInstance } from '../bundle/ceremony/recovery-card.ts'
import type { RecoveryKey } from '../bundle/ceremony/recovery-key.ts'
import { rehearseOpening, rehearseQuorum } from '../bundle/ceremony/rehearse.ts'
import { RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { Primitives } from '../crypto/primitives.ts'
import { parseShare, type Share } from '../crypto/slip39/parse-share.ts'
import type { GlassProfile } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { type PrivateFiles, writePrivateFiles } from './private-files.ts'
import { requirePublicKeys } from './require-public-keys.ts'
import { sealedShares } from './sealed-shares.ts'

export type MasterPassword =
  | { readonly kind: 'given'; readonly password: Secret }
  /** Made here; `show` resolves when a person has it for certain, and throws when nobody will. */
  | { readonly kind: 'generated'; show(password: Secret): Promise<void> }

export interface QuorumRequest {
  readonly scheme: NamedScheme
  /** By the number of the share: the age or SSH public key that it is sealed to, into a file of its own. */
  readonly sealedTo: ReadonlyMap<number, string>
  /** Files to print, of the shares that are not sealed; none where they are shown on the terminal alone. */
  readonly cards?: CardsRequest | undefined
  /**
   * Gives a share to its guardian, who proves that it was taken down: the words as they came back. `undefined` where that is left to a
   * drill. Sealed shares and cards are written by then.
   *
   * @throws when nobody takes it
   */
  handOver(share: NewShare, key: RecoveryKey): Promise<Share | undefined>
}

export interface CardsRequest {
  /** Meant to be in memory, or to go to a printer and be gone. */
  readonly folder: string
  files(
    shares: readonly NewShare[],
    key: RecoveryKey,
    known: KnownOfInstance,
  ): Promise<ReadonlyMap<string, Uint8Array>>
}

export interface KeyRequest {
  readonly profile: GlassProfile
  /** At least one of the two. */
  readonly masterPassword?: MasterPassword | undefined
  readonly quorum?: QuorumRequest | undefined
  /** Where the files for people go; made (0700) where it is not there yet. */
  readonly outFolder: string
}

/** Whose key it is to be. */
export interface MadeFor extends KnownOfInstance {
  readonly instanceName: string
}

export interface RehearseKeyDeps {
  readonly primitives: Primitives
  readonly clock: Clock
  /** Work factor of the wrapping, 18 where it is not said; tests take less. */
  readonly scryptLogN?: number | undefined
}

/** A recovery key that was made and opened something, with every share where it belongs. Its files are gone with the scope unless kept. */
export interface RehearsedKey extends AsyncDisposable {
  readonly key: RecoveryKey
  readonly shares: number
  /** Numbers of the shares whose words came back. */
  readonly proven: readonly number[]
  /** Absolute, of the sealed shares and the cards. */
  readonly paths: readonly string[]
  keep(): void
}

/**
 * Makes a recovery key and goes through all that it is for, once. Its identity exists in the memory of this process only, and leaves it
 * wrapped.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` for a key that no share can be sealed to, `PASSWORD_WEAK`, `USAGE`, `ALREADY_EXISTS`, `FILE_FAILED`, `KEY_WRONG`, `VERIFICATION_FAILED`
 */
export async function rehearseKey(
  deps: RehearseKeyDeps,
  request: KeyRequest,
  { instanceName, ...known }: MadeFor,
  signal: AbortSignal,
): Promise<RehearsedKey> {
  // Before anybody is shown a password that would come to nothing.
  await requirePublicKeys(request.quorum?.sealedTo.values() ?? [])
  const password = request.masterPassword && (await masterPassword(request.masterPassword))
  signal.throwIfAborted()
  const { profile, quorum } = request
  const wish = { profile, instanceName, heldAt: deps.clock.now(), password, scheme: quorum?.scheme }
  const made = await makeKey({ ...wish, scryptLogN: deps.scryptLogN })
  const { passwordFile, recipient } = made.key
  if (passwordFile && password) await rehearseOpening(passwordFile, password, recipient, deps.primitives)
  signal.throwIfAborted()
  await using abandoned = new AsyncDisposableStack()
  const files = abandoned.use(await writeShares(made, request, known))
  const proven = quorum === undefined ? [] : await handOverAll(deps, made, quorum, signal)
  const owned = abandoned.move()
  return {
    key: made.key,
    shares: made.shares.length,
    proven,
    paths: files.paths,
    keep: () => {
      files.keep()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function masterPassword(wanted: MasterPassword): Promise<Secret> {
  if (wanted.kind === 'given') {
    await requireStrongPassword(wanted.password)
    return wanted.password
  }
  const password = await generateMasterPassword()
  await wanted.show(password)
  return password
}

async function writeShares(
  { key, shares }: NewKey,
  { quorum, outFolder }: KeyRequest,
  known: KnownOfInstance,
): Promise<Pick<PrivateFiles, 'paths' | 'keep'> & AsyncDisposable> {
  await using abandoned = new AsyncDisposableStack()
  const written: PrivateFiles[] = []
  const write = async (folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> => {
    if (files.size > 0) written.push(abandoned.use(await writePrivateFiles(folder, files)))
  }
  if (quorum !== undefined) {
    const { sealedTo, cards } = quorum
    await write(outFolder, await sealedShares(shares, sealedTo))
    const open = shares.filter(({ number }) => !sealedTo.has(number))
    if (cards !== undefined && open.length > 0) await write(cards.folder, await cards.files(open, key, known))
  }
  const owned = abandoned.move()
  return {
    paths: written.flatMap(({ paths }) => paths),
    keep: () => {
      for (const files of written) files.keep()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** @returns the numbers of those that came back */
async function handOverAll(
  { primitives }: RehearseKeyDeps,
  { key, shares }: NewKey,
  quorum: QuorumRequest,
  signal: AbortSignal,
): Promise<number[]> {
  const proven: number[] = []
  const all: Share[] = []
  for (const share of shares) {
    const typed = await quorum.handOver(share, key)
    signal.throwIfAborted()
    if (typed !== undefined && !typed.words.equals(share.words)) {
      throw new RedomaError('KEY_WRONG', `what came back is not share ${share.number}`)
    }
    if (typed !== undefined) proven.push(share.number)
    all.push(typed ?? parseShare(share.words.reveal()))
  }
  if (key.quorum !== undefined) {
    await rehearseQuorum(key.quorum.identityFile, all, key.recipient, primitives)
  }
  signal.throwIfAborted()
  return proven
}
