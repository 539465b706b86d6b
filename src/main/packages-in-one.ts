import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

/** Packages of a hundred files and more. To find and link each file takes longer than to run it. */
export const manyFiles: readonly string[] = ['kysely', 'zod']

/**
 * From here on a package of many files is read from the one file that was made of it (`npm run openers`), where there is one of the version that is installed;
 * else as it is. Whoever asks gets the same one: there are no two of a package in a process.
 *
 * @param root the folder of the program, with a slash
 */
export function readPackagesInOne(root: URL): void {
  if (!existsSync(new URL('dist/packages', root))) return
  const found = new Map<string, string | undefined>()
  registerHooks({
    resolve(specifier, context, next) {
      if (!manyFiles.includes(specifier)) return next(specifier, context)
      if (!found.has(specifier)) found.set(specifier, inOne(specifier, root))
      const url = found.get(specifier)
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true }
    },
  })
}

/** Where the one file of a package lies, below the folder of the program. */
export function pathInOne(name: string, version: string): string {
  return `dist/packages/${name}-${version}.js`
}

function inOne(name: string, root: URL): string | undefined {
  const { version } = JSON.parse(
    readFileSync(new URL(`node_modules/${name}/package.json`, root), 'utf8'),
  ) as { readonly version: string }
  const url = new URL(pathInOne(name, version), root)
  return existsSync(url) ? url.href : undefined
}
