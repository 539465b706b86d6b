import { execFile, execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './temporary-folder.ts'

/** Another root: all of this machine's files, of which a copy is changed that is gone with the process. */
const enter = `set -eu
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
for folder in proc dev; do mount --rbind /$folder /mnt/root/$folder; done
exec chroot /mnt/root "$@"
`

/** Whether this test may mount, and its kernel has overlays. */
export function overlayMissing(): boolean {
  if (process.getuid?.() !== 0) return true
  try {
    execFileSync('unshare', ['--mount', 'sh', '-c', enter, 'sh', 'true'], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
}

/**
 * Runs a shell script, to its first failure, as root of a copy of this machine.
 *
 * @returns what it printed
 * @throws with what it printed as errors, when it fails
 */
export async function runInOverlay(script: string): Promise<string> {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'script')
  await writeFile(path, `set -eux\n${script}`)
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' }
  const words = ['--mount', 'sh', '-c', enter, 'sh', 'sh', path]
  const { stdout } = await promisify(execFile)('unshare', words, { env, maxBuffer: 64 * 1024 * 1024 })
  return stdout
}
