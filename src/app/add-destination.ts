import { randomUUID } from 'node:crypto'
import { RedomaError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import type { Destination } from '../ports/destination.ts'
import { type DestinationSpec, isWriteOnly, locationOf } from '../ports/destination-spec.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { hasItAlready } from './check-destination.ts'
import { requireEntryName, usage } from './entry-name.ts'
import type { JoinedRepository, JoinRepository } from './join-repository.ts'
import { randomPassword } from './random-password.ts'
import { locationOfRepository, placeOfRepository, sharesRepository } from './system-repository.ts'
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
 * Registers a place for copies, with a random password for the repository there, or with a key of its own in one that is there: of
 * others, or of a destination that was removed.
 *
 * @param password what opens a repository that is there
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
      throw new RedomaError('ALREADY_EXISTS', `there is a destination ${name} already`, {
        hint: `Take another name, or look at it: redoma destination show ${name}`,
      })
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
    joined === undefined ? '' : `, system backups to ${locationOfRepository(spec)} by key ${joined.key}`
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
    if (same !== undefined) throw hasItAlready(same, locationOfRepository(spec))
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
  { joinRepository, reach }: AddDestinationDeps,
  { name, spec, password }: Adding,
  signal: AbortSignal,
): Promise<JoinedRepository | undefined> {
  const place = placeOfRepository(spec)
  const destination = await reach(place.kind === 'inside' ? spec : place.spec)
  const isThere =
    place.kind === 'elsewhere' ||
    (!isWriteOnly(spec) && (await hasRepository(destination, place.prefix, signal)))
  if (!isThere) {
    if (password === undefined) return undefined
    throw usage(`there is no repository in ${locationOfRepository(spec)} that a password could open`)
  }
  const location = locationOfRepository(spec)
  if (password !== undefined)
    return joinRepository({ destination, prefix: place.prefix, location }, password, signal)
  if (sharesRepository(spec))
    throw new RedomaError(
      'USAGE',
      `${name} uses a repository of others, whose password is needed to join it`,
      {
        hint: `redoma destination add ${name} --local ${spec.path} --repository ${spec.repository}`,
      },
    )
  throw new RedomaError(
    'ALREADY_EXISTS',
    `a repository of system backups is in ${location} already, and its password is not known here`,
    {
      hint: 'Its password is in the bundles of its time (system/repositories.json): give it with --password-file FILE to go on with it, or move it away.',
    },
  )
}

/** Of a destination that was removed, or of another tool. A backup would find no key of its own there. */
async function hasRepository(
  destination: Destination,
  prefix: string,
  signal: AbortSignal,
): Promise<boolean> {
  const config = `${prefix}config`
  for await (const { name } of destination.list(config, signal)) if (name === config) return true
  return false
}

function keyOf(joined: JoinedRepository | undefined): Partial<DestinationRecord> {
  if (joined === undefined) return {}
  return { repositoryPassword: joined.password, repositoryId: joined.id, repositoryKey: joined.key }
}
