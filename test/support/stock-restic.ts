import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { ObjectName } from '../../src/ports/destination.ts'
import { testPassword } from './repositories.ts'
import { memoryFolder } from './temporary-folder.ts'

const run = promisify(execFile)

/**
 * Runs stock restic on the repository in a folder, and gives what it prints; it is an error when restic says that it failed.
 * It takes no lock: it would wait for that of a run that was killed, and a fifth of a second at least.
 */
export async function stockRestic(at: string, words: readonly string[], program = 'restic'): Promise<string> {
  const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: testPassword, TZ: 'UTC' }
  const always = ['--repo', at, '--no-cache', '--no-lock']
  const { stdout } = await run(program, [...always, ...words], { env, maxBuffer: 64 * 1024 * 1024 })
  return stdout
}

/** What `restic check --read-data` finds in a repository that is in memory: `[]` when it is content. */
export async function resticProblems(objects: ReadonlyMap<ObjectName, Uint8Array>): Promise<string[]> {
  await using folder = await memoryFolder()
  await writeOut(objects, folder.path)
  try {
    await stockRestic(folder.path, ['check', '--read-data'])
    return []
  } catch (error) {
    return [String(error), error instanceof Error && 'stdout' in error ? String(error.stdout) : '']
  }
}

/** As files, as a local destination would have them. */
export async function writeOut(objects: ReadonlyMap<ObjectName, Uint8Array>, at: string): Promise<void> {
  await Promise.all(
    [...objects].map(async ([name, bytes]) => {
      const path = join(at, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, bytes)
    }),
  )
}
