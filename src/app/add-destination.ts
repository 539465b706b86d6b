import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { isAbsolute, normalize, relative } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { DestinationRecord, DestinationSpec } from '../ports/catalogue.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { requireEntryName, usage } from './entry-name.ts'

export interface AddDestinationDeps extends AuditedDeps {
  /** The instance's folder: what the copies must not share a fate with. */
  readonly home: string
}

export interface AddedDestination {
  readonly record: DestinationRecord
  /** What is wrong with the place, though it can be used. */
  readonly warnings: readonly string[]
}

/**
 * Registers a place for copies, with a random password for the repository there. The folder is made when its parent is
 * there: a longer way that is missing is a mount that failed, and copies would fill the system's own disk.
 *
 * @throws RedomaError `USAGE`, `ALREADY_EXISTS`, `DESTINATION_UNREACHABLE`
 */
export type AddDestination = (name: string, spec: DestinationSpec) => Promise<AddedDestination>

export function makeAddDestination(deps: AddDestinationDeps): AddDestination {
  const { destinations } = deps.catalogue
  return async (name, spec) => {
    requireEntryName('destination', name)
    const path = await checkedPath(deps, spec.path)
    await makeFolder(path)
    const warnings = await warningsFor(deps, path)
    const [lastRun] = await deps.catalogue.runs.list(1)
    const record: DestinationRecord = {
      id: randomUUID(),
      name,
      spec: { kind: 'local', path },
      repositoryPassword: randomPassword(),
      createdAt: deps.clock.now(),
      runsBefore: lastRun?.id ?? 0,
    }
    await destinations.add(record)
    await audit(deps, 'destination.add', name, path)
    return { record, warnings }
  }
}

/** 192 bits, in letters that no shell and no keyboard gets wrong. */
function randomPassword(): Secret {
  return new Secret(randomBytes(24).toString('base64url'))
}

async function checkedPath({ catalogue, home }: AddDestinationDeps, path: string): Promise<string> {
  if (!isAbsolute(path)) throw usage(`the path must begin with /, not ${JSON.stringify(path)}`)
  const plain = normalize(path).replace(/(?<=.)\/+$/, '')
  if (isWithin(plain, home) || plain === '/') throw usage(`copies cannot go to ${plain}`)
  for (const other of await catalogue.destinations.list()) {
    if (other.spec.path !== plain) continue
    throw new RedomaError('ALREADY_EXISTS', `the destination ${other.name} has this path already`)
  }
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

async function warningsFor({ catalogue, home }: AddDestinationDeps, path: string): Promise<string[]> {
  const [there, here] = await Promise.all([stat(path), stat(home)])
  const warnings =
    there.dev === here.dev
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
