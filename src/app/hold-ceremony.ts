import { createHash } from 'node:crypto'
import { type KnownOfInstance, type OpenerHash, recoveryCard } from '../bundle/ceremony/recovery-card.ts'
import {
  generationOf,
  type RecoveryKey,
  recoveryKeyJson,
  recoveryKeyName,
} from '../bundle/ceremony/recovery-key.ts'
import { RedomaError } from '../core/errors.ts'
import type { Generation, GenerationBeginning } from '../ports/catalogue.ts'
import { type BeginGenerationDeps, beginGeneration, nextNumber } from './begin-generation.ts'
import { ledgerSignerOf } from './ledger-signer.ts'
import type { Opener } from './place-companions.ts'
import { type PrivateFiles, writePrivateFiles } from './private-files.ts'
import { type KeyRequest, type RehearsedKey, type RehearseKeyDeps, rehearseKey } from './rehearse-key.ts'
import { nameOnPaper, requireOwnKey } from './scopes/scope-key.ts'

export interface CeremonyRequest extends KeyRequest {
  /** Name of the part of the vault that the key is for; absent: for all that has none of its own. */
  readonly scope?: string | undefined
  /** By the number of the share: the id of the guardian who keeps it. */
  readonly keepers?: ReadonlyMap<number, string> | undefined
}
export type { CardsRequest, MasterPassword, QuorumRequest } from './rehearse-key.ts'

interface Held {
  /** Absolute paths: for people, the sealed shares, the cards. */
  readonly files: readonly string[]
  readonly shares: number
  /** Numbers of the shares whose words came back; the others count when a drill has proven them. */
  readonly proven: readonly number[]
}

export interface CeremonyResult extends Held {
  readonly generation: Generation
  readonly warnings: readonly string[]
}

/**
 * Makes a recovery key. It counts from the moment that the catalogue has it: after it opened something, every share is where it belongs,
 * and the files are safely written and read back. Stopped before, nothing has changed.
 *
 * @throws RedomaError what `rehearseKey` throws; `NOT_FOUND` or `USAGE` for a scope that has no key of its own
 */
export type HoldCeremony = (request: CeremonyRequest, signal: AbortSignal) => Promise<CeremonyResult>

/** What a ceremony needs wherever it is held. */
export interface CeremonyDeps extends RehearseKeyDeps {
  /** Those that were built: they are kept with the recovery card, since those beside the copies could be anybody's. */
  openers(): Promise<readonly Opener[]>
}

export interface HoldCeremonyDeps extends BeginGenerationDeps, CeremonyDeps {}

export function makeHoldCeremony(deps: HoldCeremonyDeps): HoldCeremony {
  return async (request, signal) => {
    const { catalogue } = deps
    const { scope } = request
    await requireOwnKey(catalogue, scope)
    const number = await nextNumber(catalogue)
    const known = { generation: number, ledgerSigner: await ledgerSignerOf(catalogue) }
    const madeFor = { instanceName: nameOnPaper(catalogue.instance.name, scope), ...known }
    await using rehearsed = await rehearseKey(deps, request, madeFor, signal)
    const generation = { ...generationOf(rehearsed.key, number), scope }
    const files = filesOf(rehearsed.key, generation, known, await deps.openers())
    await using written = await writeFiles(request, files)
    signal.throwIfAborted()
    const more = beginningOf(generation, rehearsed.proven, request.keepers)
    const warnings = await beginGeneration(deps, generation, 'glass.ceremony', signal, more)
    return { generation, warnings, ...kept(rehearsed, written) }
  }
}

/** Of a ceremony on a machine that has no instance. */
export interface CeremonyElsewhereResult extends Held {
  readonly key: RecoveryKey
}

/**
 * Makes a recovery key where no instance is: what it gives is a file for `adoptRecoveryKey`.
 *
 * @throws RedomaError what `rehearseKey` throws
 */
export type HoldCeremonyElsewhere = (
  request: KeyRequest & { readonly instanceName: string },
  signal: AbortSignal,
) => Promise<CeremonyElsewhereResult>

export function makeHoldCeremonyElsewhere(deps: CeremonyDeps): HoldCeremonyElsewhere {
  return async (request, signal) => {
    await using rehearsed = await rehearseKey(deps, request, { instanceName: request.instanceName }, signal)
    const { key } = rehearsed
    const files = filesOf(key, undefined, {}, await deps.openers()).set(
      recoveryKeyName,
      text(recoveryKeyJson(key)),
    )
    await using written = await writeFiles(request, files)
    signal.throwIfAborted()
    return { key, ...kept(rehearsed, written) }
  }
}

/** A password was typed back, and opened the key: the whole is proven by it. */
function beginningOf(
  { number: generation, heldAt: at, passwordFile }: Generation,
  proven: readonly number[],
  keepers: ReadonlyMap<number, string> = new Map(),
): GenerationBeginning {
  const shares = proven.map((subject) => ({ generation, subject, at }))
  const whole = passwordFile === undefined ? [] : [{ generation, subject: 'whole', at } as const]
  return {
    proofs: [...shares, ...whole],
    keepers: [...keepers].map(([share, guardian]) => ({ generation, share, guardian })),
  }
}

function kept(rehearsed: RehearsedKey, written: PrivateFiles): Held {
  rehearsed.keep()
  written.keep()
  const { shares, proven, paths } = rehearsed
  return { files: [...written.paths, ...paths], shares, proven }
}

function filesOf(
  key: RecoveryKey,
  generation: Generation | undefined,
  known: KnownOfInstance,
  openers: readonly Opener[],
): Map<string, Uint8Array> {
  const { passwordFile, quorum, recipient } = key
  const files = [
    ['identity.password.age', passwordFile],
    ['identity.quorum.age', quorum?.identityFile],
    ['shares.json', generation?.quorum?.shareList],
    ['recovery-card.txt', text(recoveryCard(key, known, openers.map(hashOf)))],
    ['recipient.txt', text(`${recipient}\n`)],
    ...openers.map(({ name, content }) => [name, content] as const),
  ] as const
  return new Map(files.flatMap(([name, content]) => (content === undefined ? [] : [[name, content]])))
}

function hashOf({ name, content }: Opener): OpenerHash {
  return { name, sha256: createHash('sha256').update(content).digest('hex') }
}

/** The identity was opened before, from memory: that the disk gives the same bytes back is as much, and takes no seconds. */
async function writeFiles(
  { outFolder }: KeyRequest,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<PrivateFiles> {
  await using abandoned = new AsyncDisposableStack()
  const written = abandoned.use(await writePrivateFiles(outFolder, files))
  for (const [name, content] of files) {
    if (Buffer.compare(await written.read(name), content) === 0) continue
    throw new RedomaError('VERIFICATION_FAILED', `${name} does not read back as it was written`)
  }
  abandoned.move()
  return written
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content)
}
