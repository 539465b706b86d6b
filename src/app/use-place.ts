import { mkdir, rmdir, stat } from 'node:fs/promises'
import { destinationReadme } from '../bundle/contents/destination-readme.ts'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import { bodyOf, type Destination, parseObjectName } from '../ports/destination.ts'
import { type DestinationSpec, isWriteOnly, type LocalSpec, locationOf } from '../ports/destination-spec.ts'
import type { Machine } from '../ports/machine.ts'
import type { AuditedDeps } from './audited.ts'
import { checkedSpec } from './check-destination.ts'
import { usage } from './entry-name.ts'
import { refuseFolderOfAnother } from './folder-of-another.ts'
import { isWithin } from './is-within.ts'
import { makeOnThisMachine } from './on-this-machine.ts'
import { refuseOnInstance, requireElsewhere } from './refuse-on-instance.ts'
import { requireKnownHost } from './require-known-host.ts'
import { localFolders } from './system-repository.ts'
import type { Reach, RemarksOn } from './target.ts'
import { costsOfWritingAlone } from './write-only.ts'

export interface UsePlaceDeps extends Pick<AuditedDeps, 'catalogue'> {
  /** The instance's folder: what the copies must not share a fate with. */
  readonly home: string
  readonly reach: Reach
  readonly remarksOn: RemarksOn
  readonly machine: Machine
}

export interface WantedPlace {
  readonly name: string
  readonly spec: DestinationSpec
  readonly others: readonly DestinationRecord[]
}

/** A place that was reached and looked at. */
export interface UsablePlace {
  /** Paths in it are plain. */
  readonly spec: DestinationSpec
  /** What is wrong with it, though it can be used. */
  readonly warnings: readonly string[]
}

/**
 * Takes a place for copies into use, whether its destination is new or changed. It has to answer, to be nobody else's, and elsewhere
 * where the instance is an appliance. A folder of this machine is made when its parent is there: a longer way that is missing is a mount
 * that failed, and copies would fill the system's own disk. It goes again when `use` fails.
 *
 * @throws RedomaError `USAGE`, `ALREADY_EXISTS`, `DESTINATION_ON_INSTANCE`, those of the destination and of `use`
 */
export async function usePlace<T>(
  deps: UsePlaceDeps,
  { name, spec: wanted, others }: WantedPlace,
  use: (place: UsablePlace) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const spec = checkedSpec(deps.home, wanted, others)
  const wasMade = spec.kind === 'local' && (await makeFolder(spec.path))
  try {
    // Before anything is asked of it.
    await requireKnownHost(deps.machine, spec)
    await requireElsewhere(deps, { name, spec }, signal)
    const destination = await deps.reach(spec)
    if (isWriteOnly(spec)) await putReadme(destination, signal)
    else await refuseFolderOfAnother(destination, locationOf(spec), deps.catalogue.instance.id, signal)
    const warnings = deps.catalogue.instance.isAppliance
      ? await refuseOnInstance(deps, { name, spec }, deps.reach, signal)
      : await onThisMachineWarnings(deps, spec, signal)
    const made = wasMade ? [`${locationOf(spec)} was not there and was made.`] : []
    const ofKind = [...(isWriteOnly(spec) ? [costsOfWritingAlone] : []), ...(await deps.remarksOn(spec))]
    return await use({
      spec,
      warnings: [...made, ...ofKind, ...warnings, ...(await sourcesAround(deps, spec))],
    })
  } catch (error) {
    if (wasMade) await rmdir(locationOf(spec)).catch(() => undefined)
    throw error
  }
}

/** Where nothing can be read, only writing shows that it answers: of what every backup puts there. */
async function putReadme(destination: Destination, signal: AbortSignal): Promise<void> {
  const body = bodyOf(new TextEncoder().encode(destinationReadme))
  await destination.put(parseObjectName('secrets/README.txt'), body, signal)
  await destination.flush(signal)
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

async function onThisMachineWarnings(
  { machine, home }: UsePlaceDeps,
  spec: DestinationSpec,
  signal: AbortSignal,
): Promise<string[]> {
  const why = await makeOnThisMachine(machine)(spec, signal)
  if (why === undefined) return []
  const place = (await isOnDiskOf(home, spec))
    ? 'on the same disk as the instance'
    : `on this machine (${why})`
  return [`It is ${place}: a copy on the same machine is not a backup.`]
}

async function isOnDiskOf(home: string, spec: DestinationSpec): Promise<boolean> {
  const [here, ...folders] = await Promise.all([home, ...localFolders(spec)].map(deviceOf))
  return folders.some((device) => device !== undefined && device === here)
}

async function deviceOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ dev }) => dev,
    () => undefined,
  )
}

async function sourcesAround({ catalogue }: UsePlaceDeps, spec: DestinationSpec): Promise<string[]> {
  return spec.kind === 'local' ? sourcesWith(catalogue, spec) : []
}

async function sourcesWith({ sources }: UsePlaceDeps['catalogue'], { path }: LocalSpec): Promise<string[]> {
  return (await sources.list()).flatMap(({ name, spec }) =>
    spec.kind === 'files' && spec.paths.some((source) => isWithin(path, source))
      ? [`The source ${name} includes it: exclude ${path} there, or each copy will hold the last.`]
      : [],
  )
}
