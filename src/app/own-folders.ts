import { join, relative } from 'node:path'
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

/** Those of `folders` that are below one of the paths, as they are reached from it; a path may lead to another place by a link. */
export function foldersBelow(
  folders: readonly string[],
  paths: readonly { readonly path: string; readonly real: string }[],
): string[] {
  const found = paths.flatMap(({ path, real }) =>
    [path, real].flatMap((seenFrom) =>
      folders.flatMap((folder) => {
        const below = relative(seenFrom, folder)
        return below === '' || below === '..' || below.startsWith('../') ? [] : [join(path, below)]
      }),
    ),
  )
  return [...new Set(found)]
}
