import type { Catalogue } from '../ports/catalogue.ts'
import type { DatabaseSource, DatabaseSpec } from '../ports/database.ts'
import type { FileSource, SystemSource } from './back-up-sources.ts'
import { foldersBelow, ownFolders } from './own-folders.ts'
import { type PrivateFolders, realOf, refusePrivate, whyPrivate } from './private-folders.ts'
import { settle } from './settle.ts'

export interface SystemSourcesDeps extends PrivateFolders {
  readonly catalogue: Pick<Catalogue, 'sources' | 'destinations'>
  readonly databaseSource: (spec: DatabaseSpec) => DatabaseSource
}

/** What a system backup is made of, and what it may not be made of, with the error. */
interface SystemSources {
  readonly usable: SystemSource[]
  readonly refused: { readonly name: string; readonly error: unknown }[]
}

/** Looked at anew by each run: a link or a mount may lead elsewhere than it did when the source was added. */
export async function systemSources(
  deps: SystemSourcesDeps,
  isMeant: (name: string) => boolean,
  signal: AbortSignal,
): Promise<SystemSources> {
  const own = await ownFolders(deps)
  const usable: SystemSource[] = []
  const refused: SystemSources['refused'] = []
  for (const { name, spec } of await deps.catalogue.sources.list()) {
    if (!isMeant(name) || spec.kind === 'recordings' || spec.kind === 'command') continue
    const ended = await settle(async (): Promise<SystemSource> => {
      if (spec.kind === 'files') return { name, ...(await withoutPrivate(deps, own, spec)) }
      if (spec.kind === 'sqlite') await refusePrivate(deps, [spec.path])
      return { name, ...deps.databaseSource(spec) }
    }, signal)
    if (ended.kind === 'done') usable.push(ended.value)
    else refused.push({ name, error: ended.error })
  }
  return { usable, refused }
}

/**
 * The paths that are not private, and no folder of our own below them. What else a source has is backed up, with a warning.
 *
 * @throws RedomaError `USAGE` where no path is left
 */
async function withoutPrivate(
  deps: PrivateFolders,
  own: readonly string[],
  spec: FileSource['spec'],
): Promise<Omit<FileSource, 'name'>> {
  const paths: string[] = []
  const warnings: string[] = []
  for (const path of spec.paths) {
    const why = await whyPrivate(deps, path)
    if (why === undefined) paths.push(path)
    else warnings.push(`${why}: it is left out`)
  }
  if (paths.length === 0) await refusePrivate(deps, spec.paths)
  // A path may lead through a link to above a folder that it does not name. Destinations are not asked: one that hangs would hold up all.
  const homes = await Promise.all([deps.home, ...(deps.serviceFolders ?? [])].map(realOf))
  const seen = await Promise.all(paths.map(async (path) => ({ path, real: await realOf(path) })))
  return { spec: { ...spec, paths }, excludePaths: foldersBelow([...own, ...homes], seen), warnings }
}
