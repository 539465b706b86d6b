import { randomUUID } from 'node:crypto'
import { mkdir, rmdir, stat } from 'node:fs/promises'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import { type DestinationSpec, type LocalSpec, locationOf } from '../ports/destination-spec.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { checkedSpec, hasItAlready } from './check-destination.ts'
import { requireEntryName, usage } from './entry-name.ts'
import { refuseFolderOfAnother } from './folder-of-another.ts'
import { isWithin } from './is-within.ts'
import type { JoinedRepository, JoinRepository } from './join-repository.ts'
import { randomPassword } from './random-password.ts'
import { localFolders, sharesRepository } from './system-repository.ts'
import type { Reach } from './target.ts'

export interface AddDestinationDeps extends AuditedDeps {
  /** The instance's folder: what the copies must not share a fate with. */
  readonly home: string
  readonly joinRepository: JoinRepository
  readonly reach: Reach
}

export interface AddedDestination {
  readonly record: DestinationRecord
  /** What is wrong with the place, though it can be used. */
  readonly warnings: readonly string[]
}

/**
 * Registers a place for copies, with a random password for the repository there, or with a key of its own in one of others. It has to
 * answer. A folder of this machine is made when its parent is there: a longer way that is missing is a mount that failed, and copies
 * would fill the system's own disk.
 *
 * @param password what opens a repository of others, where the destination is to use one
 * @throws RedomaError `USAGE`, `ALREADY_EXISTS`, `NOT_FOUND` (of its credential), those of the destination, and of joining a repository
 */
export type AddDestination = (
  name: string,
  spec: DestinationSpec,
  password: Secret | undefined,
  signal: AbortSignal,
) => Promise<AddedDestination>

export function makeAddDestination(deps: AddDestinationDeps): AddDestination {
  const { destinations } = deps.catalogue
  return async (name, wanted, password, signal) => {
    requireEntryName('destination', name)
    const others = await destinations.list()
    const spec = checkedSpec(deps.home, wanted, others)
    if (others.some((other) => other.name === name))
      throw new RedomaError('ALREADY_EXISTS', `there is a destination ${name} already`)
    const wasMade = spec.kind === 'local' && (await makeFolder(spec.path))
    try {
      return await addReachable(deps, { name, spec, others, password }, signal)
    } catch (error) {
      if (wasMade) await rmdir(locationOf(spec)).catch(() => undefined)
      throw error
    }
  }
}

interface Adding {
  readonly name: string
  readonly spec: DestinationSpec
  readonly others: readonly DestinationRecord[]
  readonly password: Secret | undefined
}

async function addReachable(
  deps: AddDestinationDeps,
  adding: Adding,
  signal: AbortSignal,
): Promise<AddedDestination> {
  const { name, spec } = adding
  await refuseFolderOfAnother(await deps.reach(spec), locationOf(spec), deps.catalogue.instance.id, signal)
  const joined = await joinIfAsked(deps, adding, signal)
  const added = await addOrLeave(deps, adding, joined)
  // From here on the destination is there, and its key has to stay.
  const into =
    joined !== undefined && sharesRepository(spec)
      ? `, system backups to ${spec.repository} by key ${joined.key}`
      : ''
  await audit(deps, 'destination.add', name, `${locationOf(spec)}${into}`)
  return added
}

async function addOrLeave(
  deps: AddDestinationDeps,
  adding: Adding,
  joined: JoinedRepository | undefined,
): Promise<AddedDestination> {
  const { spec, others } = adding
  try {
    const same = others.find(({ repositoryId }) => joined !== undefined && repositoryId === joined.id)
    if (same !== undefined) throw hasItAlready(same, sharesRepository(spec) ? spec.repository : '')
    const warnings = await warningsFor(deps, spec)
    const record = { ...(await newRecord(deps, adding)), ...keyOf(joined) }
    await deps.catalogue.destinations.add(record)
    return { record, warnings }
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

/** @returns whether it was not there before */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    if (systemCode(error) !== 'EEXIST')
      throw new RedomaError('DESTINATION_UNREACHABLE', `${path} cannot be made: ${messageOf(error)}`, {
        hint: 'Make or mount its parent folder first.',
        cause: error,
      })
  }
  if (!(await stat(path)).isDirectory()) throw usage(`${path} is not a folder`)
  return false
}

async function warningsFor(
  { catalogue, home }: AddDestinationDeps,
  spec: DestinationSpec,
): Promise<string[]> {
  if (spec.kind !== 'local') return []
  const here = await stat(home)
  const folders = await Promise.all(localFolders(spec).map((folder) => stat(folder)))
  const warnings = folders.some(({ dev }) => dev === here.dev)
    ? ['It is on the same disk as the instance: a copy on the same machine is not a backup.']
    : []
  return [...warnings, ...(await sourcesAround(catalogue, spec))]
}

async function sourcesAround(
  { sources }: AddDestinationDeps['catalogue'],
  { path }: LocalSpec,
): Promise<string[]> {
  return (await sources.list()).flatMap(({ name, spec }) =>
    spec.kind === 'files' && spec.paths.some((source) => isWithin(path, source))
      ? [`The source ${name} includes it: exclude ${path} there, or each copy will hold the last.`]
      : [],
  )
}
