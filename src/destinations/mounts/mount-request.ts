import { isIPv6 } from 'node:net'
import { RedomaError } from '../../core/errors.ts'

/** A call of `mount.cifs` or `mount.nfs`, without the secret and the place. */
export interface MountRequest {
  readonly program: 'mount.cifs' | 'mount.nfs'
  /** Debian's, that has the program. */
  readonly package: 'cifs-utils' | 'nfs-common'
  /** As the kernel will name it: `cifs`, `nfs`, `nfs4`. */
  readonly type: string
  readonly source: string
  readonly options: readonly string[]
  /** Those of the options that the kernel shows again in its table: what has them all is this mount. */
  readonly shown: readonly string[]
  /** A user name and password are asked for by way of a file. */
  readonly needsCredential: boolean
}

/** Nothing of a share is a program or a device of this machine, whoever can write there. */
export const harmless = ['nosuid', 'nodev', 'noexec']

/**
 * A name or an address that is nothing else: no option, no second line, no word that begins with a dash.
 *
 * @throws RedomaError `USAGE`
 */
export function checkHost(host: string): void {
  const isName = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$/.test(host)
  const isAddress = isIPv6(host) && /^[0-9a-fA-F:.]+$/.test(host)
  if (!isName && !isAddress) throw unfit('host', host)
}

/** @throws RedomaError `USAGE` */
export function checkPort(port: number | undefined): void {
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
    throw unfit('port', `${port}`)
}

/**
 * Folders with `/` between them, from the share or export on: `''` is that itself.
 *
 * @throws RedomaError `USAGE`
 */
export function checkFolder(folder: string): void {
  if (folder !== '') for (const part of folder.split('/')) checkPart('folder', part)
}

/**
 * One part of a path: not empty, nowhere else (`..`), with nothing that means something in an option (`,`) or on a line (control characters),
 * and no `\`, which is Windows' `/`.
 *
 * @throws RedomaError `USAGE`
 */
export function checkPart(what: string, part: string): void {
  const isPlain = part !== '' && part !== '.' && part !== '..' && !/[/\\,\p{Cc}]/u.test(part)
  if (!isPlain || Buffer.byteLength(part) > 255) throw unfit(what, part)
}

export function unfit(what: string, value: string): RedomaError {
  return new RedomaError('USAGE', `${JSON.stringify(value)} cannot be the ${what} of a share`, {
    hint: 'Commas, backslashes, control characters, and parts that are empty, “.” or “..” cannot be mounted safely.',
  })
}
