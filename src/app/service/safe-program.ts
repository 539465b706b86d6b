import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, RedomaError } from '../../core/errors.ts'

/**
 * Whether nobody else can exchange a program that is to run with many rights: each folder on the way to it, and itself, belongs to root or to whom it
 * runs as, and is written to by nobody else. In a folder with the sticky bit, as `/tmp`, others cannot take away what is not theirs.
 *
 * @throws RedomaError `PATH_UNSAFE`, `NOT_FOUND`
 */
export async function requireSafeProgram(path: string, owners: readonly number[]): Promise<void> {
  let at = await realpath(path).catch((cause: unknown) => {
    throw new RedomaError('NOT_FOUND', `there is no program ${path} (${messageOf(cause)})`, { cause })
  })
  for (;;) {
    const { uid, mode } = await stat(at)
    const isSticky = (mode & 0o1000) !== 0
    if (!owners.includes(uid) || ((mode & 0o022) !== 0 && !isSticky))
      throw new RedomaError('PATH_UNSAFE', `${at} can be changed by others than who the service runs as`, {
        hint: `Who changes what lies there has the rights of the service. Install Redoma where root alone writes, such as /opt; or give the folder to root: chown -R root: and chmod -R go-w`,
      })
    if (at === dirname(at)) return
    at = dirname(at)
  }
}
