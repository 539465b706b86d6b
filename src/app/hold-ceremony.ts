import { generateMasterPassword } from '../bundle/ceremony/generate-password.ts'
import { requireStrongPassword } from '../bundle/ceremony/judge-password.ts'
import { recoveryCard } from '../bundle/ceremony/recovery-card.ts'
import { rehearseOpening } from '../bundle/ceremony/rehearse.ts'
import { fingerprintOf, wrapIdentity } from '../bundle/ceremony/wrap-identity.ts'
import type { Secret } from '../core/secret.ts'
import { generateIdentity } from '../crypto/age/recipients.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Generation, GlassProfile, Instance } from '../ports/catalogue.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { writePrivateFiles } from './private-files.ts'

export type MasterPassword =
  | { readonly kind: 'given'; readonly password: Secret }
  /** Made here; `show` resolves when a person has it for certain, and throws when nobody will. */
  | { readonly kind: 'generated'; show(password: Secret): Promise<void> }

export interface CeremonyRequest {
  readonly profile: GlassProfile
  readonly masterPassword: MasterPassword
  /** Where the identity file and the card go; made (0700) where it is not there yet. */
  readonly outFolder: string
}

export interface CeremonyResult {
  readonly generation: Generation
  /** Absolute paths of the files in `outFolder`. */
  readonly files: readonly string[]
}

/**
 * Makes a recovery key. Its identity exists in the memory of this process only, and leaves it wrapped by the master
 * password. It counts from the moment that the catalogue has it: after the files are safely written, and were used once,
 * as read back, to open something. Stopped before, nothing has changed.
 *
 * @throws RedomaError `PASSWORD_WEAK`, `ALREADY_EXISTS` when a file of that name is in the folder, `FILE_FAILED`
 */
export type HoldCeremony = (request: CeremonyRequest, signal: AbortSignal) => Promise<CeremonyResult>

export interface HoldCeremonyDeps extends AuditedDeps {
  readonly primitives: Primitives
  /** Work factor of the wrapping, 18 where it is not said; tests take less. */
  readonly scryptLogN?: number
}

export function makeHoldCeremony(deps: HoldCeremonyDeps): HoldCeremony {
  return async (request, signal) => {
    const password = await masterPassword(request.masterPassword)
    signal.throwIfAborted()
    const generation = await makeGeneration(deps, request.profile, password)
    signal.throwIfAborted()
    await using written = await writePrivateFiles(
      request.outFolder,
      filesOf(deps.catalogue.instance, generation),
    )
    const readBack = await written.read('identity.password.age')
    await rehearseOpening(readBack, password, generation.recipient, deps.primitives)
    signal.throwIfAborted()
    await deps.catalogue.generations.add(generation)
    written.keep()
    await audit(deps, 'glass.ceremony', `generation ${generation.number}`, generation.fingerprint)
    return { generation, files: written.paths }
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

async function makeGeneration(
  { catalogue, clock, scryptLogN }: HoldCeremonyDeps,
  profile: GlassProfile,
  password: Secret,
): Promise<Generation> {
  const pair = await generateIdentity(profile)
  const before = (await catalogue.generations.list()).map(({ number }) => number)
  return {
    number: Math.max(0, ...before) + 1,
    profile,
    recipient: pair.recipient,
    fingerprint: fingerprintOf(pair.recipient),
    passwordFile: await wrapIdentity(pair, password, scryptLogN),
    heldAt: clock.now(),
  }
}

function filesOf(instance: Instance, generation: Generation): ReadonlyMap<string, Uint8Array> {
  const card = recoveryCard({ ...generation, instanceName: instance.name, generation: generation.number })
  return new Map([
    ['identity.password.age', generation.passwordFile ?? new Uint8Array()],
    ['recovery-card.txt', new TextEncoder().encode(card)],
    ['recipient.txt', new TextEncoder().encode(`${generation.recipient}\n`)],
  ])
}
