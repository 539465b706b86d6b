import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where `scripts/fetch-newer-programs.sh` puts what `npm test` fetches. */
const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'redoma', 'test-programs')

/**
 * Path of a newer release of a program than Debian 12 has (restic 0.19, age 1.3); `undefined` where it was not fetched,
 * which in CI is a failure: `test.skipIf(newerProgram('age') === undefined)`.
 */
export function newerProgram(name: 'restic' | 'age' | 'age-keygen'): string | undefined {
  const path = join(folder, name)
  if (existsSync(path)) return path
  if (process.env['CI'] !== undefined) throw new Error(`the newer ${name} was not fetched to ${folder}`)
  return undefined
}
