import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { RedomaError } from '../core/errors.ts'

/** `INSTANCE-20261128T010203Z-42.age`, `INSTANCE.SCOPE-…`: the number counts the bundles of an instance, or of one scope of it. */
const bundleName = /^(.+)-\d{8}T\d{6}Z-(\d{1,15})\.age$/

/** The paths of the bundles in a folder, by their names; none where it cannot be read. */
export async function bundlesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => bundleName.test(name)).map((name) => join(folder, name))
}

/**
 * That of the highest number, whatever else there is among `paths`; `undefined` where no bundle is.
 *
 * @throws RedomaError `USAGE` for bundles of several instances or scopes, whose numbers say nothing of each other
 */
export function newestBundle(paths: readonly string[]): string | undefined {
  const bundles = paths.flatMap((path) => {
    const [, instance, number] = bundleName.exec(basename(path)) ?? []
    return instance === undefined ? [] : [{ path, instance, number: Number(number) }]
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
