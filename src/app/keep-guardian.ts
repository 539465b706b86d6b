import { randomUUID } from 'node:crypto'
import { parseShareList } from '../bundle/shares/share-list.ts'
import { RedomaError } from '../core/errors.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Guardian } from '../ports/guardian.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { requirePublicKeys } from './require-public-keys.ts'

/** What is said of a guardian; `''` takes a fact away. */
export interface GuardianFacts {
  readonly mail?: string | undefined
  readonly note?: string | undefined
  readonly publicKey?: string | undefined
  /** Number of the share of the newest generation that is this guardian's. */
  readonly share?: number | undefined
  /** Of whose key the share is; absent: of the whole vault's. */
  readonly scope?: string | undefined
}

/** @throws RedomaError `ALREADY_EXISTS`; `USAGE`, `FORMAT_UNKNOWN` for a key that nothing can be sealed to; `NOT_FOUND` for a share that there is not */
export type AddGuardian = (name: string, facts: GuardianFacts) => Promise<Guardian>

export function makeAddGuardian(deps: AuditedDeps): AddGuardian {
  return async (name, facts) => {
    if (name.trim() === '' || name.length > 100) throw new RedomaError('USAGE', 'a guardian needs a name')
    const begun = { id: randomUUID(), name: name.trim(), createdAt: deps.clock.now() }
    const guardian = await changed(begun, facts)
    const keeper = await keeperOf(deps.catalogue, guardian, facts)
    await deps.catalogue.guardians.add(guardian)
    if (keeper !== undefined) await deps.catalogue.guardians.assign(keeper)
    await audit(deps, 'guardian.add', guardian.name, detailOf(facts))
    return guardian
  }
}

/** @throws RedomaError as `AddGuardian`, and `NOT_FOUND` */
export type EditGuardian = (
  name: string,
  facts: GuardianFacts & { readonly name?: string | undefined },
) => Promise<Guardian>

export function makeEditGuardian(deps: AuditedDeps): EditGuardian {
  return async (name, { name: newName, ...facts }) => {
    const before = await deps.catalogue.guardians.get(name)
    const guardian = await changed({ ...before, name: newName ?? before.name }, facts)
    const keeper = await keeperOf(deps.catalogue, guardian, facts)
    await deps.catalogue.guardians.replace(guardian)
    if (keeper !== undefined) await deps.catalogue.guardians.assign(keeper)
    await audit(
      deps,
      'guardian.edit',
      name,
      detailOf({ ...facts, ...(newName === undefined ? {} : { name: newName }) }),
    )
    return guardian
  }
}

/** The share stays with the person: only a new ceremony, and the destruction of what is on paper, end that. @throws RedomaError `NOT_FOUND` */
export type RemoveGuardian = (name: string) => Promise<void>

export function makeRemoveGuardian(deps: AuditedDeps): RemoveGuardian {
  return async (name) => {
    await deps.catalogue.guardians.remove(name)
    await audit(deps, 'guardian.remove', name)
  }
}

async function changed(before: Guardian, { mail, note, publicKey }: GuardianFacts): Promise<Guardian> {
  if (publicKey !== undefined && publicKey !== '') await requirePublicKeys([publicKey])
  return {
    id: before.id,
    name: before.name,
    createdAt: before.createdAt,
    mail: textOf(mail ?? before.mail),
    note: textOf(note ?? before.note),
    publicKey: textOf(publicKey ?? before.publicKey),
  }
}

function textOf(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

async function keeperOf(
  { generations }: Catalogue,
  { id }: Guardian,
  { share, scope }: GuardianFacts,
): Promise<{ generation: number; share: number; guardian: string } | undefined> {
  if (share === undefined) return undefined
  const current = await generations.current(scope)
  const list = current?.quorum === undefined ? undefined : parseShareList(current.quorum.shareList)
  if (current === undefined || list?.shares.some(({ number }) => number === share) !== true) {
    throw new RedomaError('NOT_FOUND', `there is no share ${share}`, {
      hint: 'redoma glass show lists the shares of the recovery key.',
    })
  }
  return { generation: current.number, share, guardian: id }
}

function detailOf(facts: object): string {
  return Object.keys(facts)
    .filter((name) => (facts as Record<string, unknown>)[name] !== undefined)
    .join(', ')
}
