import { randomUUID } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { isAbsolute, join, normalize, relative } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { DestinationRecord, DestinationSpec } from '../ports/catalogue.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { requireEntryName, usage } from './entry-name.ts'
import { refuseFolderOfAnother } from './folder-of-another.ts'
import type { JoinedRepository, JoinRepository } from './join-repository.ts'
import { randomPassword } from './random-password.ts'
import { placeOfRepository } from './system-repository.ts'

export interface AddDestinationDeps extends AuditedDeps {
  /** The instance's folder: what the copies must not share a fate with. */
  readonly home: string
  readonly joinRepository: JoinRepository
}

export interface AddedDestination {
  readonly record: DestinationRecord
  /** What is wrong with the place, though it can be used. */
  readonly warnings: readonly string[]
}

/** What opens a repository of others, where the destination is to use one. */
export interface Joining {
  readonly password: Secret
  readonly signal: AbortSignal
}

/**
 * Registers a place for copies, with a random password for the repository there, or with a key of its own in one of others. The
 * folder is made when its parent is there: a longer way that is missing is a mount that failed, and copies would fill the system's
 * own disk.
 *
 * @throws RedomaError `USAGE`, `ALREADY_EXISTS`, `DESTINATION_UNREACHABLE`, and those of joining a repository
 */
export type AddDestination = (
  name: string,
  spec: DestinationSpec,
  joining?: Joining,
) => Promise<AddedDestination>

export function makeAddDestination(deps: AddDestinationDeps): AddDestination {
  const { destinations } = deps.catalogue
  return async (name, wanted, joining) => {
    requireEntryName('destination', name)
    const others = await destinations.list()
    const spec = checkedSpec(deps.home, wanted, others)
    if (others.some((other) => other.name === name))
      throw new RedomaError('ALREADY_EXISTS', `there is a destination ${name} already`)
    await refuseFolderOfAnother(spec.path, deps.catalogue.instance.id)
    const joined = await joinIfAsked(deps, name, spec, joining)
    const added = await addOrLeave(deps, name, spec, others, joined)
    // From here on the destination is there, and its key has to stay.
    const into = joined === undefined ? '' : `, system backups to ${spec.repository} by key ${joined.key}`
    await audit(deps, 'destination.add', name, `${spec.path}${into}`)
    return added
  }
}

async function addOrLeave(
  deps: AddDestinationDeps,
  name: string,
  spec: DestinationSpec,
  others: readonly DestinationRecord[],
  joined: JoinedRepository | undefined,
): Promise<AddedDestination> {
  try {
    requireSingle(joined, spec, others)
    await makeFolder(spec.path)
    const warnings = await warningsFor(deps, spec)
    const record = { ...(await newRecord(deps, name, spec)), ...keyOf(joined) }
    await deps.catalogue.destinations.add(record)
    return { record, warnings }
  } catch (error) {
    await joined?.leave()
    throw error
  }
}

async function newRecord(
  { catalogue, clock }: AddDestinationDeps,
  name: string,
  spec: DestinationSpec,
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
  name: string,
  { path, repository }: DestinationSpec,
  joining: Joining | undefined,
): Promise<JoinedRepository | undefined> {
  if (repository === undefined) return undefined
  if (joining !== undefined) return joinRepository(repository, joining.password, joining.signal)
  throw new RedomaError('USAGE', `${name} uses a repository of others, whose password is needed to join it`, {
    hint: `redoma destination add ${name} --local ${path} --repository ${repository}`,
  })
}

function keyOf(joined: JoinedRepository | undefined): Partial<DestinationRecord> {
  if (joined === undefined) return {}
  return { repositoryPassword: joined.password, repositoryId: joined.id, repositoryKey: joined.key }
}

/** Of one repository by two destinations, one backup would be two copies in name only. */
function requireSingle(
  joined: JoinedRepository | undefined,
  { repository }: DestinationSpec,
  others: readonly DestinationRecord[],
): void {
  const same = others.find(({ repositoryId }) => joined !== undefined && repositoryId === joined.id)
  if (same !== undefined) throw hasItAlready(same, repository ?? '')
}

function checkedSpec(
  home: string,
  { path, repository }: DestinationSpec,
  others: readonly DestinationRecord[],
): DestinationSpec {
  const plain = checkedPath(home, path)
  const spec: DestinationSpec =
    repository === undefined
      ? { kind: 'local', path: plain }
      : { kind: 'local', path: plain, repository: checkedPath(home, repository) }
  if (spec.repository === plain || spec.repository === join(plain, 'system'))
    throw usage(
      `the repository of others cannot be ${spec.repository}: in ${plain} is what this host has alone`,
    )
  for (const other of others) {
    if (other.spec.path === plain)
      throw new RedomaError('ALREADY_EXISTS', `the destination ${other.name} has this path already`)
    if (pathOfRepository(other.spec) === pathOfRepository(spec))
      throw hasItAlready(other, pathOfRepository(spec))
  }
  return spec
}

function hasItAlready({ name }: DestinationRecord, repository: string): RedomaError {
  return new RedomaError(
    'ALREADY_EXISTS',
    `the destination ${name} uses the repository ${repository} already`,
  )
}

function pathOfRepository(spec: DestinationSpec): string {
  const { folder, prefix } = placeOfRepository(spec)
  return join(folder, prefix).replace(/\/+$/, '')
}

function checkedPath(home: string, path: string): string {
  if (!isAbsolute(path)) throw usage(`the path must begin with /, not ${JSON.stringify(path)}`)
  const plain = normalize(path).replace(/(?<=.)\/+$/, '')
  if (isWithin(plain, home) || plain === '/') throw usage(`copies cannot go to ${plain}`)
  return plain
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) === 'EEXIST') return
    throw new RedomaError('DESTINATION_UNREACHABLE', `${path} cannot be made: ${messageOf(error)}`, {
      hint: 'Make or mount its parent folder first.',
      cause: error,
    })
  })
  if (!(await stat(path)).isDirectory()) throw usage(`${path} is not a folder`)
}

async function warningsFor(
  { catalogue, home }: AddDestinationDeps,
  { path, repository = path }: DestinationSpec,
): Promise<string[]> {
  const [there, other, here] = await Promise.all([path, repository, home].map((folder) => stat(folder)))
  const isHere = there?.dev === here?.dev || other?.dev === here?.dev
  const warnings = isHere
    ? ['It is on the same disk as the instance: a copy on the same machine is not a backup.']
    : []
  for (const { name, spec } of await catalogue.sources.list()) {
    if (spec.kind !== 'files' || !spec.paths.some((source) => isWithin(path, source))) continue
    warnings.push(`The source ${name} includes it: exclude ${path} there, or each copy will hold the last.`)
  }
  return warnings
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way))
}
