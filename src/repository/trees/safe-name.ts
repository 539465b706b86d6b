import { RedomaError } from '../../core/errors.ts'

/**
 * Whether a name can be one entry of a folder. Whoever can write to a repository may have made a tree by hand, and
 * `../../etc/cron.d/x` as a name would leave the folder restored to.
 */
export function isSafeName(name: Uint8Array): boolean {
  if (name.length === 0 || name.includes(0x2f) || name.includes(0)) return false
  return !(name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e)))
}

/** @throws RedomaError `PATH_UNSAFE` */
export function requireSafeName(name: Uint8Array): void {
  if (isSafeName(name)) return
  const shown = JSON.stringify(Buffer.from(name).toString())
  throw new RedomaError('PATH_UNSAFE', `a tree holds the name ${shown}, which no folder can hold`)
}
