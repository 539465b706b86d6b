import { randomUUID } from 'node:crypto'
import { RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import { type DestinationSpec, locationOf } from '../ports/destination-spec.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { hasItAlready } from './check-destination.ts'
import { requireEntryName } from './entry-name.ts'
import type { JoinedRepository, JoinRepository } from './join-repository.ts'
import { randomPassword } from './random-password.ts'
import { sharesRepository } from './system-repository.ts'
import { type UsablePlace, type UsePlaceDeps, usePlace, type WantedPlace } from './use-place.ts'

export interface AddDestinationDeps extends AuditedDeps, UsePlaceDeps {
  readonly joinRepository: JoinRepository
}

export interface AddedDestination {
  readonly record: DestinationRecord
  /** What is wrong with the place, though it can be used. */
  readonly warnings: readonly string[]
}

/**
 * Registers a place for copies, with a random password for the repository there, or with a key of its own in one of others.
 *
 * @param password what opens a repository of others, where the destination is to use one
 * @throws RedomaError `USAGE`, `ALREADY_EXISTS`, `NOT_FOUND` (of its credential), those of `usePlace`, and of joining a repository
 */
export type AddDestination = (
  name: string,
  spec: DestinationSpec,
  password: Secret | undefined,
  signal: AbortSignal,
) => Promise<AddedDestination>

export function makeAddDestination(deps: AddDestinationDeps): AddDestination {
  const { destinations } = deps.catalogue
  return async (name, spec, password, signal) => {
    requireEntryName('destination', name)
    const others = await destinations.list()
    if (others.some((other) => other.name === name))
      throw new RedomaError('ALREADY_EXISTS', `there is a destination ${name} already`)
    return usePlace(
      deps,
      { name, spec, others },
      (place) => addUsable(deps, { name, ...place, others, password }, signal),
      signal,
    )
  }
}

interface Adding extends WantedPlace, UsablePlace {
  readonly password: Secret | undefined
}

async function addUsable(
  deps: AddDestinationDeps,
  adding: Adding,
  signal: AbortSignal,
): Promise<AddedDestination> {
  const { name, spec, warnings } = adding
  const joined = await joinIfAsked(deps, adding, signal)
  const record = await addOrLeave(deps, adding, joined)
  // From here on the destination is there, and its key has to stay.
  const into =
    joined !== undefined && sharesRepository(spec)
      ? `, system backups to ${spec.repository} by key ${joined.key}`
      : ''
  await audit(deps, 'destination.add', name, `${locationOf(spec)}${into}`)
  return { record, warnings }
}

async function addOrLeave(
  deps: AddDestinationDeps,
  adding: Adding,
  joined: JoinedRepository | undefined,
): Promise<DestinationRecord> {
  const { spec, others } = adding
  try {
    const same = others.find(({ repositoryId }) => joined !== undefined && repositoryId === joined.id)
    if (same !== undefined) throw hasItAlready(same, sharesRepository(spec) ? spec.repository : '')
    const record = { ...(await newRecord(deps, adding)), ...keyOf(joined) }
    await deps.catalogue.destinations.add(record)
    return record
  } catch (error) {
    await joined?.leave()
    throw error
  }
}

async function newRecord(
  { catalogue, clock }: AddDestinationDeps,
  { name, spec }: Adding,
): Promise<DestinationRecord> {
  const [lastRun] = await catalogue.runs.list(1)
  return {
    id: randomUUID(),
    name,
    spec,
    repositoryPassword: randomPassword(),
    createdAt: clock.now(),
    runsBefore: lastRun?.id ?? 0,
  }
}

async function joinIfAsked(
  { joinRepository }: AddDestinationDeps,
  { name, spec, password }: Adding,
  signal: AbortSignal,
): Promise<JoinedRepository | undefined> {
  if (!sharesRepository(spec)) return undefined
  if (password !== undefined) return joinRepository(spec.repository, password, signal)
  throw new RedomaError('USAGE', `${name} uses a repository of others, whose password is needed to join it`, {
    hint: `redoma destination add ${name} --local ${spec.path} --repository ${spec.repository}`,
  })
}

function keyOf(joined: JoinedRepository | undefined): Partial<DestinationRecord> {
  if (joined === undefined) return {}
  return { repositoryPassword: joined.password, repositoryId: joined.id, repositoryKey: joined.key }
}
