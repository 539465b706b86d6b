import { execFileSync } from 'node:child_process'

/** A file system of the test's own, gone when the test ends. */
export interface MountedDisk extends AsyncDisposable {
  readonly path: string
}

/** Only root may mount, and in some containers not even root; CI must not leave this out without a word. */
export function mountRefused(): boolean {
  return isRefused('unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt')
}

/** Whether a command is refused here that CI must not do without. */
export function isRefused(program: string, ...words: string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore' })
    return false
  } catch (error) {
    if (process.env['CI'] === undefined) return true
    throw new Error(`${program} is refused here, and CI must not skip what needs it`, { cause: error })
  }
}

/** Gives what it prints. */
export function callMount(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8' })
}
