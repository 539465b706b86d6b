import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export interface Module {
  /** In the project: `node_modules/…`. */
  readonly path: string
  readonly name: string
  readonly version: string
  readonly license: string
}

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
})
const manifest = z.object({ version: z.string() })

/**
 * What `package-lock.json` says the program needs when it runs, in its order; of packages for one kind of machine those that are installed.
 *
 * @throws Error when another version is installed than is locked, or none
 */
export function productionModules(root: string): readonly Module[] {
  const { packages } = lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  return Object.entries(packages).flatMap(([path, { version = '', license = 'unknown', dev, optional }]) => {
    if (path === '' || dev === true) return []
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const file = join(root, path, 'package.json')
    if (optional === true && !existsSync(file)) return []
    const installed = existsSync(file)
      ? manifest.parse(JSON.parse(readFileSync(file, 'utf8'))).version
      : 'nothing'
    if (installed !== version)
      throw new Error(`${path}: ${installed} is installed, ${version} is locked: npm ci`)
    return [{ path, name, version, license }]
  })
}
