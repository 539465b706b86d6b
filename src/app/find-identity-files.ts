import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file that holds a recovery key, and what it takes to open it. */
export interface IdentityFile {
  readonly path: string
  /** The master password, or shares. A plain identity counts as `password`, which nobody is asked for then. */
  readonly openedBy: 'password' | 'shares'
  /** Its generation; absent: the newest, whose files have no number in their names. */
  readonly generation?: number
}

/** `recordings/2026/03/01/<id>/original.age` is that deep in a copy. */
const levels = 6

/**
 * The identity files that belong to a bundle or a sealed recording in somebody's copy: beside it, else in `secrets` of a
 * folder above it. The newest generation first; where there are none, none.
 */
export async function findIdentityFiles(path: string): Promise<readonly IdentityFile[]> {
  let folder = path
  for (let level = 0; level < levels; level++) {
    folder = dirname(folder)
    for (const place of [folder, join(folder, 'secrets')]) {
      const found = await identityFilesIn(place)
      if (found.length > 0) return found
    }
  }
  return []
}

/** A file that was named, whatever it is called. */
export function identityFileAt(path: string): IdentityFile {
  return asIdentityFile(path) ?? { path, openedBy: 'password' }
}

export async function identityFilesIn(folder: string): Promise<IdentityFile[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .flatMap((name) => asIdentityFile(join(folder, name)) ?? [])
    .sort((a, b) => (b.generation ?? Infinity) - (a.generation ?? Infinity))
}

function asIdentityFile(path: string): IdentityFile | undefined {
  const parts = /^identity(?:\.generation-(\d{1,9}))?\.(password|quorum)\.age$/.exec(basename(path))
  if (parts === null) return undefined
  const [, generation, kind] = parts
  const openedBy = kind === 'quorum' ? 'shares' : 'password'
  return { path, openedBy, ...(generation === undefined ? {} : { generation: Number(generation) }) }
}
