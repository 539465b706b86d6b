import { readdir } from 'node:fs/promises'
import { systemCode } from '../../core/errors.ts'
import type { DiskSearch } from '../../ports/machine.ts'
import { isNetworkFileSystem, type Mount } from '../mounts/mount-table.ts'

export interface SearchLimits {
  readonly mounts: readonly Mount[]
  /** Folders that are not looked into. */
  readonly except: readonly string[]
  readonly milliseconds: number
  /** Of folders, all together. */
  readonly entries: number
}

/** Those that are no files of anybody's, and those of programs, which may hang, and whose files lie elsewhere. */
const notFiles =
  /^(proc|sysfs|cgroup2?|devpts|securityfs|debugfs|tracefs|configfs|pstore|bpf|fusectl|mqueue|hugetlbfs|binfmt_misc|efivarfs|rpc_pipefs|nfsd|nsfs|autofs|selinuxfs|fuse|fuse\..*)$/

const slash = 0x2f
/** Folders that are read at the same time. */
const abreast = 4

/**
 * Looks for a name on the file systems of this machine: what lies nearest to their roots first. Names only, no content, through no link,
 * and into no file system of another machine.
 *
 * @param name all or part of it, in ASCII
 */
export async function findOnDisks(
  name: string,
  limits: SearchLimits,
  signal: AbortSignal,
): Promise<DiskSearch> {
  const looking: Looking = {
    wanted: Buffer.from(name),
    closed: new Set([...limits.mounts.map(({ point }) => point), ...limits.except].map(keyOf)),
    entriesLeft: limits.entries,
    unread: 0,
    found: undefined,
  }
  const until = performance.now() + limits.milliseconds
  let folders: Buffer[] = startsOf(limits.mounts).map((point) => Buffer.from(point))
  while (folders.length > 0) {
    const deeper: Buffer[] = []
    for (let next = 0; next < folders.length; next += abreast) {
      signal.throwIfAborted()
      if (performance.now() > until) return unfinished(`it took longer than ${limits.milliseconds / 1000} s`)
      if (looking.entriesLeft <= 0) return unfinished(`there are more than ${limits.entries} files`)
      const batch = folders.slice(next, next + abreast)
      deeper.push(...(await Promise.all(batch.map((folder) => lookInto(folder, looking)))).flat())
      if (looking.found !== undefined) return { kind: 'found', path: looking.found }
    }
    folders = deeper
  }
  return looking.unread === 0 ? { kind: 'not-found' } : unfinished(`${looking.unread} folders cannot be read`)
}

interface Looking {
  readonly wanted: Buffer
  /** Mount points, each of which is a start of its own or not looked into at all. */
  readonly closed: ReadonlySet<string>
  entriesLeft: number
  unread: number
  found: string | undefined
}

function unfinished(why: string): DiskSearch {
  return { kind: 'unfinished', why }
}

/** Of each file system one place where all of it is seen, or every place where some of it is. */
function startsOf(mounts: readonly Mount[]): string[] {
  const own = mounts.filter(({ type }) => !notFiles.test(type) && !isNetworkFileSystem(type))
  const starts = [...Map.groupBy(own, ({ device }) => device).values()].flatMap((same) => {
    const whole = same.find(({ root }) => root === '/')
    return (whole === undefined ? same : [whole]).map(({ point }) => point)
  })
  return [...new Set(starts)]
}

function keyOf(path: string): string {
  return Buffer.from(path).toString('latin1')
}

/** @returns the folders in it */
async function lookInto(folder: Buffer, looking: Looking): Promise<Buffer[]> {
  const deeper: Buffer[] = []
  try {
    // Names are bytes: what is no UTF-8 is a folder all the same.
    for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([folder, Buffer.from(folder.at(-1) === slash ? '' : '/'), entry.name])
      looking.entriesLeft--
      if (looking.closed.has(path.toString('latin1'))) continue
      if (entry.name.includes(looking.wanted)) looking.found ??= path.toString()
      if (entry.isDirectory()) deeper.push(path)
      if (looking.entriesLeft <= 0 || looking.found !== undefined) break
    }
  } catch (error) {
    const code = systemCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') looking.unread++
  }
  return deeper
}
