import { type DestinationSpec, type LocalSpec, locationOf } from '../ports/destination-spec.ts'
import { isWithin } from './is-within.ts'

/**
 * Where the system backups of a destination are, and what the names of their objects begin with: a repository of its own under
 * `system/`, or one elsewhere that it shares with other hosts.
 */
export type PlaceOfRepository =
  | { readonly kind: 'inside'; readonly prefix: 'system/' }
  | { readonly kind: 'elsewhere'; readonly spec: LocalSpec; readonly prefix: '' }

export function placeOfRepository(spec: DestinationSpec): PlaceOfRepository {
  if (spec.kind !== 'local' || spec.repository === undefined) return { kind: 'inside', prefix: 'system/' }
  const { repository: path, mountPoint, ...limits } = spec
  // On the same mount, as a rule.
  const mount = mountPoint !== undefined && isWithin(path, mountPoint) ? { mountPoint } : {}
  return { kind: 'elsewhere', spec: { ...limits, ...mount, repository: undefined, path }, prefix: '' }
}

/** For people, and for comparing. */
export function locationOfRepository(spec: DestinationSpec): string {
  const place = placeOfRepository(spec)
  if (place.kind === 'elsewhere') return place.spec.path
  return `${locationOf(spec).replace(/\/$/, '')}/system`
}

/** Whether its system backups go to a repository that others have made. */
export function sharesRepository(spec: DestinationSpec): spec is LocalSpec & { readonly repository: string } {
  return spec.kind === 'local' && spec.repository !== undefined
}

/** The folders of this machine that belong to a destination. */
export function localFolders(spec: DestinationSpec): string[] {
  if (spec.kind !== 'local') return []
  return spec.repository === undefined ? [spec.path] : [spec.path, spec.repository]
}
