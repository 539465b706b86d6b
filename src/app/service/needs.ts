import { dirname } from 'node:path'
import type { DestinationRecord, SourceRecord } from '../../ports/catalogue.ts'
import { pathsOf } from '../private-folders.ts'

/** What the service must be allowed, beyond what every instance needs. */
export interface ServiceNeeds {
  /** Folders that it writes to, beside its own: absolute paths. */
  readonly writable: readonly string[]
  readonly mountsCifs: boolean
  readonly mountsNfs: boolean
  /** Programs of databases that run as other users of the system. */
  readonly runsAsOthers: boolean
  /** Folders that others own are written to: those of SQLite databases, whose log of changes every reader takes part in, and destinations. */
  readonly writesWhereOthersOwn: boolean
  /** It restores for those who come over the network: what is restored belongs to whom it did. */
  readonly restores: boolean
  /** It must see the system's `/tmp` and `/var/tmp`. */
  readonly seesTemporaryFiles: boolean
}

export const noNeeds: ServiceNeeds = {
  writable: [],
  mountsCifs: false,
  mountsNfs: false,
  runsAsOthers: false,
  writesWhereOthersOwn: false,
  restores: false,
  seesTemporaryFiles: false,
}

export interface Configured {
  readonly sources: readonly Pick<SourceRecord, 'spec'>[]
  readonly destinations: readonly Pick<DestinationRecord, 'name' | 'spec'>[]
  readonly isAppliance: boolean
  /** Below which folder those restore who come over the network. */
  readonly restoreRoot?: string | undefined
}

/** What the sources and destinations of an instance ask for. */
export function needsOf({ sources, destinations, isAppliance, restoreRoot }: Configured): ServiceNeeds {
  const kinds = destinations.map(({ spec }) => spec.kind)
  const databases = sources.flatMap(({ spec }) => (spec.kind === 'sqlite' ? [dirname(spec.path)] : []))
  const folders = destinations.flatMap(({ spec }) =>
    spec.kind === 'local' ? [spec.path, ...(spec.repository === undefined ? [] : [spec.repository])] : [],
  )
  const writable = [
    ...new Set([...databases, ...folders, ...(restoreRoot === undefined ? [] : [restoreRoot])]),
  ].sort()
  return {
    writable,
    mountsCifs: kinds.includes('cifs'),
    mountsNfs: kinds.includes('nfs'),
    runsAsOthers: sources.some(({ spec }) => 'runAs' in spec && spec.runAs !== undefined),
    writesWhereOthersOwn: databases.length > 0,
    restores: restoreRoot !== undefined,
    // An appliance looks on all of its own disks for what it put at a destination.
    seesTemporaryFiles: isAppliance || [...writable, ...sources.flatMap(placesOf)].some(isTemporary),
  }
}

/** What it reads, and what it connects to or starts. */
function placesOf({ spec }: Pick<SourceRecord, 'spec'>): readonly string[] {
  switch (spec.kind) {
    case 'files':
    case 'recordings':
    case 'sqlite':
      return pathsOf(spec)
    case 'postgresql':
    case 'mariadb':
      return [spec.host]
    case 'command':
      return spec.argv
  }
}

function isTemporary(path: string): boolean {
  return /^\/(var\/)?tmp(\/|$)/.test(path)
}
