import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, readFile, readlink, stat, statfs } from 'node:fs/promises'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { calling, destinationFailure } from '../local/failures.ts'
import { type Root, rootMissing } from '../local/folders.ts'

/** What must be true of a folder before anything is done in it. */
export interface Expectation {
  readonly path: string
  /** Where something must be mounted on which the folder lies. */
  readonly mountPoint?: string | undefined
  /** Of what is mounted there, as in `/proc/self/mountinfo` (`0:51`). */
  readonly device?: string | undefined
}

/** A folder that is held open: nobody can unmount it without force, and names are looked up in it, whatever its path leads to by now. */
export interface HeldRoot {
  /**
   * To be called before each use.
   *
   * @throws RedomaError `DESTINATION_UNREACHABLE` when its path does not lead to it any more
   */
  prove(): Promise<Root>
}

/** @throws RedomaError `DESTINATION_UNREACHABLE` when the folder is not there, or nothing is mounted where it should be */
export async function holdRoot(expected: Expectation): Promise<HeldRoot> {
  const { path } = expected
  const folder = await openRoot(path)
  const held = await calling(`looking at ${path}`, () => folder.stat())
  if (expected.mountPoint !== undefined) await proveMounted(folder, expected, expected.mountPoint)
  return {
    async prove() {
      const now = await statOf(path)
      if (now.dev !== held.dev || now.ino !== held.ino) throw exchanged(expected)
      const at = `/proc/self/fd/${folder.fd}`
      return {
        at,
        path: await calling(`finding ${path}`, () => readlink(at)),
        proveAbsence: () => askServer(at, path),
      }
    },
  }
}

async function openRoot(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  } catch (error) {
    throw systemCode(error) === 'ENOENT'
      ? rootMissing(path, error)
      : destinationFailure(`opening ${path}`, error)
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    throw systemCode(error) === 'ENOENT'
      ? rootMissing(path, error)
      : destinationFailure(`looking at ${path}`, error)
  }
}

/** For how much room there is: what is known of files and folders may be told for a second without asking (actimeo of mount.cifs(8)). */
async function askServer(at: string, path: string): Promise<void> {
  try {
    await statfs(`${at}/.`)
  } catch (error) {
    throw systemCode(error) === 'ENOENT'
      ? rootMissing(path, error)
      : destinationFailure(`looking at ${path}`, error)
  }
}

/** The kernel's own word for on which mount the folder lies: it asks no server, and bind mounts are told apart too. */
async function proveMounted(folder: FileHandle, expected: Expectation, mountPoint: string): Promise<void> {
  const [about, mounts] = await calling(`finding the mount of ${expected.path}`, () =>
    Promise.all([
      readFile(`/proc/self/fdinfo/${folder.fd}`, 'latin1'),
      readFile('/proc/self/mountinfo', 'latin1'),
    ]),
  )
  const id = /^mnt_id:\s*(\d+)$/m.exec(about)?.[1]
  const mount = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find(([number]) => number === id)
  const [, , device, , at] = mount ?? []
  if (at === undefined || unescapeMountPoint(at) !== mountPoint) throw nothingMounted(mountPoint)
  if (expected.device !== undefined && device !== expected.device) throw exchanged(expected)
}

/** Blanks, tabs, line feeds and backslashes are written in octal there (proc(5)); what is not ASCII as its bytes. */
function unescapeMountPoint(text: string): string {
  const latin1 = text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

function nothingMounted(mountPoint: string): RedomaError {
  return new RedomaError('DESTINATION_UNREACHABLE', `nothing is mounted at ${mountPoint}`, {
    hint: 'Mount it again: what was written into the empty mount point would be on this machine only.',
  })
}

function exchanged({ path, mountPoint }: Expectation): RedomaError {
  const message =
    mountPoint === undefined
      ? `${path} is another folder than a moment ago`
      : `what was mounted at ${mountPoint} is not mounted there any more`
  return new RedomaError('DESTINATION_UNREACHABLE', message, {
    hint: 'Look who unmounted, exchanged or covered it; Redoma looks for it anew the next time.',
  })
}
