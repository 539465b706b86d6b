import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseBundleName } from '../bundle/bundle-name.ts'
import { RedomaError } from '../core/errors.ts'

/** The paths of the bundles in a folder, by their names; none where it cannot be read. */
export async function bundlesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => parseBundleName(name) !== undefined).map((name) => join(folder, name))
}

/**
 * That of the highest number, whatever else there is among `paths`; `undefined` where no bundle is.
 *
 * @throws RedomaError `USAGE` for bundles of several instances or scopes, whose numbers say nothing of each other
 */
export function newestBundle(paths: readonly string[]): string | undefined {
  const bundles = paths.flatMap((path) => {
    const name = parseBundleName(path)
    return name === undefined ? [] : [{ path, instance: name.stem, number: name.sequence }]
  })
  const instances = new Set(bundles.map(({ instance }) => instance))
  if (instances.size > 1) {
    throw new RedomaError(
      'USAGE',
      `there are bundles of several instances or scopes: ${[...instances].join(', ')}`,
      {
        hint: 'Name one bundle.',
      },
    )
  }
  return bundles.toSorted((a, b) => b.number - a.number)[0]?.path
}
