import { execFileSync } from 'node:child_process'

/**
 * Whether a foreign program that a test needs is there. In CI a missing one is a failure, elsewhere the test is skipped:
 * `test.skipIf(programMissing('restic'))`.
 */
export function programMissing(name: string): boolean {
  const missing = !isInstalled(name)
  if (missing && process.env['CI'] !== undefined) {
    throw new Error(`${name} is not installed, and CI must not skip what needs it`)
  }
  return missing
}

function isInstalled(name: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v "$0"', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
