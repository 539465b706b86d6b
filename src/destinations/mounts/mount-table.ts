import { constants } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { RedomaError } from '../../core/errors.ts'

/** A line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)): what is mounted where, as the kernel says. */
export interface Mount {
  /** Of no other mount as long as it is there; given to a later one when it is gone. */
  readonly id: number
  /** `0:51`: the file system itself, which may be mounted at several places. */
  readonly device: string
  /** What of the file system is seen there: `/` is all of it. */
  readonly root: string
  readonly point: string
  /** `ext4`, `cifs`, `nfs4` … */
  readonly type: string
  /** `//nas/backup`, `nas:/export`, `/dev/sda1`. */
  readonly source: string
  /** Of the mount and of the file system, `vers=3.1.1` and `soft` among them. */
  readonly options: ReadonlySet<string>
}

/** In the order in which they were mounted: of two at one place, the later hides the earlier. */
export async function readMounts(): Promise<Mount[]> {
  return parseMounts(await readFile('/proc/self/mountinfo', 'latin1'))
}

/** @param latin1 a character for each byte */
export function parseMounts(latin1: string): Mount[] {
  return latin1.split('\n').filter(Boolean).map(parseLine)
}

function parseLine(line: string): Mount {
  const [place = '', system = ''] = line.split(' - ', 2)
  const [id, , device = '', root = '', point = '', options = ''] = place.split(' ')
  const [type = '', source = '', more = ''] = system.split(' ')
  return {
    id: Number(id),
    device,
    root: unescape(root),
    point: unescape(point),
    type: unescape(type),
    source: unescape(source),
    options: new Set([...options.split(','), ...more.split(',')].map(unescape)),
  }
}

/** Blanks, line feeds and the like stand there in octal (`\040`); the rest is as it is, in UTF-8 most likely. */
function unescape(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** What is seen at a mount point: the last that was mounted there. */
export function mountAt(mounts: readonly Mount[], point: string): Mount | undefined {
  return mounts.findLast((mount) => mount.point === point)
}

/** On which mount something that is open lies. `undefined` when that is mounted nowhere any more (unmounted lazily). */
export async function mountOfOpen(file: FileHandle): Promise<Mount | undefined> {
  const about = await readFile(`/proc/self/fdinfo/${file.fd}`, 'latin1')
  const id = Number(/^mnt_id:\s*(\d+)$/m.exec(about)?.[1])
  return (await readMounts()).find((mount) => mount.id === id)
}

/** `O_PATH` of fcntl.h, which Node does not name: no server is asked, at opening or at closing, and the mount cannot be unmounted. */
export const openPathFlag = 0o10000000

/**
 * On which mount a file or folder lies. The system follows the path to the end, which takes as long as a server on the way takes to answer.
 *
 * @throws the system's errors; RedomaError `DESTINATION_UNREACHABLE` when it was unmounted just then
 */
export async function findMount(path: string): Promise<Mount> {
  await using file = await open(path, openPathFlag | constants.O_NONBLOCK)
  const mount = await mountOfOpen(file)
  if (mount !== undefined) return mount
  throw new RedomaError('DESTINATION_UNREACHABLE', `${path} was unmounted just now`)
}

/** Those of Linux, and of FUSE, behind which is another machine; what FUSE has besides is not known from here. */
const networkTypes = new Set(
  '9p afs ceph cifs coda davfs gfs2 glusterfs gpfs lustre nfs nfs4 ocfs2 orangefs smb2 smb3 smbfs'.split(' '),
)

/** Whether other machines must answer for it to work: its errors then mean something else than those of a disk. */
export function isNetworkFileSystem(type: string): boolean {
  return (
    networkTypes.has(type.replace(/^fuse\./, '')) || /^fuse\.(ceph|.*(sshfs|rclone|s3|dav|smb).*)$/.test(type)
  )
}
