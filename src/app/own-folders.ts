import { relative } from 'node:path'
import type { Catalogue } from '../ports/catalogue.ts'
import type { PrivateFolders } from './private-folders.ts'
import { localFolders } from './system-repository.ts'

/**
 * Folders that no snapshot may hold: the destinations, or each copy would hold the one before; the instance's own
 * folder, whose catalogue is backed up as a consistent copy instead, and whose key belongs into bundles alone; and those of the
 * running service, where shares of destinations are mounted, and where systemd shows it that key.
 */
export async function ownFolders(
  deps: PrivateFolders & { readonly catalogue: Pick<Catalogue, 'destinations'> },
): Promise<string[]> {
  const destinations = await deps.catalogue.destinations.list()
  return [
    deps.home,
    ...(deps.serviceFolders ?? []),
    ...destinations.flatMap(({ spec }) => localFolders(spec)),
  ]
}

/** gitignore patterns that leave `folders` out of `paths`, as seen from each path; a path within a folder has none. */
export function patternsAgainst(folders: readonly string[], paths: readonly string[]): string[] {
  const patterns = paths.flatMap((path) =>
    folders.flatMap((folder) => {
      const below = relative(path, folder)
      return below === '' || below === '..' || below.startsWith('../') ? [] : [`/${literal(below)}`]
    }),
  )
  return [...new Set(patterns)]
}

function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]!#]/g, '\\$&').replace(/ $/, '\\ ')
}
