import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { isWithin } from '../is-within.ts'
import { realOf, whyPrivate } from '../private-folders.ts'

/** Where nothing that comes over the network may write, nor above it. */
export interface OwnPlaces {
  /** The instance's folder. */
  readonly home: string
  /** Its log, the folders of the service and of destinations. */
  readonly others: readonly string[]
}

/** The kernel's, which are no files. */
const kernels = ['/proc', '/sys', '/dev']

/**
 * Sees to it that a folder can be a restore root: nothing of Redoma's is in it, it is in nothing of Redoma's, and nobody but its owner gets into it: neither to put a
 * link in the way, nor to what comes back, which may be of another host and have had narrower folders above it.
 *
 * @returns its real path
 * @throws RedomaError `PATH_UNSAFE`
 */
export async function requireFitRoot(own: OwnPlaces, root: string): Promise<string> {
  const real = await realpath(root).catch((error: unknown) => {
    throw unfit(root, `cannot be looked at: ${messageOf(error)}`, error)
  })
  if (real === '/' || kernels.some((folder) => isWithin(real, folder)))
    throw unfit(root, 'is the system itself, and no folder for what is restored')
  for (const folder of [own.home, ...own.others]) {
    const there = await realOf(folder)
    if (isWithin(there, real)) throw unfit(root, `has ${folder} in it, which belongs to Redoma itself`)
  }
  await requireNotOurs(own, real)
  const { mode, uid, isDirectory } = await stat(real).then((found) => ({
    ...{ mode: found.mode, uid: found.uid },
    isDirectory: found.isDirectory(),
  }))
  if (!isDirectory) throw unfit(root, 'is no folder')
  if (uid !== process.geteuid?.()) throw unfit(root, 'belongs to another user than the service')
  // A program that runs as root for whoever starts it may be among what is restored.
  if ((mode & 0o077) !== 0) throw unfit(root, 'can be entered by others than its owner')
  await requireFirmWay(root, real)
  return real
}

/** Who may exchange a folder above would lead to another one. In one with the sticky bit, as `/tmp`, others cannot take away what is not theirs. */
async function requireFirmWay(root: string, real: string): Promise<void> {
  const owners = [0, process.geteuid?.()]
  for (let at = dirname(real); ; at = dirname(at)) {
    const { uid, mode } = await stat(at)
    const isSticky = (mode & 0o1000) !== 0
    if (!owners.includes(uid) || ((mode & 0o022) !== 0 && !isSticky))
      throw unfit(root, `lies in ${at}, which others may change`)
    if (at === '/') return
  }
}

/** Also by a mount that shows it a second time. @throws RedomaError `PATH_UNSAFE` */
export async function requireNotOurs({ home, others }: OwnPlaces, path: string): Promise<void> {
  const why = await whyPrivate({ home, serviceFolders: others }, path)
  if (why !== undefined) throw new RedomaError('PATH_UNSAFE', why)
}

function unfit(root: string, why: string, cause?: unknown): RedomaError {
  return new RedomaError('PATH_UNSAFE', `${root} ${why}`, {
    hint: 'A folder of its own fits: install -d -m 0700 /srv/restore; redoma config restore-root /srv/restore',
    cause,
  })
}
