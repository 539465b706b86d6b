import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { calling, destinationFailure, readingFailure } from './failures.ts'
import { openAfterMoment } from './moment-without.ts'

/** The destination's own folder. */
export interface Root {
  /** Names are looked up in it. */
  readonly at: string
  /** What the kernel calls it: absolute, free of symbolic links. */
  readonly path: string
  /**
   * To be called before it counts that something is not there. A server that took the whole share away may say that of all that was in it.
   *
   * @throws RedomaError `DESTINATION_UNREACHABLE` when the folder itself is not there
   */
  readonly proveAbsence?: () => Promise<void>
}

/**
 * @throws RedomaError `DESTINATION_UNREACHABLE` when it is not there: it is never made again, since a share that is not
 * mounted looks just like this, and copies would quietly fill the disk underneath
 */
export async function findRoot(path: string): Promise<Root> {
  try {
    const real = await realpath(path)
    return { at: real, path: real }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw destinationFailure(`finding ${path}`, error)
    throw rootMissing(path, error)
  }
}

export function rootMissing(path: string, cause?: unknown): RedomaError {
  return new RedomaError('DESTINATION_UNREACHABLE', `the destination's folder ${path} is not there`, {
    hint: 'Mount it, or make the folder if it was never there.',
    cause,
  })
}

/** `parent/name`, where `''` is the root. */
export function joinName(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`
}

export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}

export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/**
 * A name inside an open folder. The kernel resolves it from the folder that was opened and checked, so nobody can put a
 * symbolic link in its way in between (`openat` in other words, which Node lacks).
 */
export function inside(folder: FileHandle, name: string): string {
  return `/proc/self/fd/${folder.fd}/${name}`
}

/**
 * A folder of the destination (`''`: the root), unless a symbolic link is on the way: whoever can write to a share must
 * not lead a program that runs as root to other places. `undefined` when there is none. Close it.
 */
export async function openFolder(root: Root, name: string): Promise<FileHandle | undefined> {
  const path = join(root.path, name)
  const folder = await openUnlessAbsent(
    `${root.at}/${name === '' ? '.' : name}`,
    name,
    constants.O_RDONLY | constants.O_DIRECTORY,
    destinationFailure,
  )
  if (folder === undefined) {
    await root.proveAbsence?.()
    return undefined
  }
  try {
    const found = await calling(`finding ${name}`, () => readlink(`/proc/self/fd/${folder.fd}`))
    if (found === path) return folder
    if (found !== `${path} (deleted)`) throw unsafe(name)
    await folder.close()
    return undefined
  } catch (error) {
    await folder.close()
    throw error
  }
}

/** A file to read; `undefined` when there is none. Close it. */
export async function openFile(root: Root, name: string): Promise<FileHandle | undefined> {
  await using folder = await openFolder(root, parentOf(name))
  if (folder === undefined) return undefined
  // O_NONBLOCK, lest a fifo of that name hold us for ever.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK
  const openIt = () => openUnlessAbsent(inside(folder, lastPart(name)), name, flags, readingFailure)
  const file =
    (await openIt()) ?? (await calling(`opening ${name}`, () => openAfterMoment(inside(folder, '.'), openIt)))
  if (file === undefined) await root.proveAbsence?.()
  return file
}

async function openUnlessAbsent(
  path: string,
  name: string,
  flags: number,
  failure: typeof destinationFailure,
): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags | constants.O_NOFOLLOW)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP' || code === 'ENOTDIR') throw unsafe(name)
    throw failure(`opening ${name}`, error)
  }
}

/** As `openFolder`, making what is missing; folders that thereby got a new entry are added to `touched`. */
export async function makeFolder(root: Root, name: string, touched: Set<string>): Promise<FileHandle> {
  const found = await openFolder(root, name)
  if (found !== undefined) return found
  // The root was there a moment ago.
  if (name === '') throw new RedomaError('DESTINATION_UNREACHABLE', `${root.path} vanished`)
  await using parent = await makeFolder(root, parentOf(name), touched)
  try {
    await mkdir(inside(parent, lastPart(name)), { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw destinationFailure(`making ${name}`, error)
  }
  touched.add(parentOf(name))
  const made = await openFolder(root, name)
  if (made !== undefined) return made
  throw new RedomaError('DESTINATION_FAILED', `${name} vanished while it was written to`)
}

function unsafe(name: string): RedomaError {
  return new RedomaError(
    'PATH_UNSAFE',
    `something other than a plain file or folder is on the way to ${name}`,
    { hint: 'Redoma follows no symbolic links at a destination: look who put it there.' },
  )
}
