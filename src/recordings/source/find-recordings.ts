import type { Dirent } from 'node:fs'
import { lstat, readdir, realpath } from 'node:fs/promises'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import type { FoundRecording, RecordingFile } from './found-recording.ts'
import { groupFiles } from './grouping.ts'
import { bytesOfName, joinRaw, type RawName, rawNameOf } from './raw-name.ts'

/** The source's folder, named without symbolic links on the way. */
export interface RecordingsFolder {
  readonly root: RawName
}

/** @throws RedomaError `SOURCE_UNREADABLE` */
export async function openRecordingsFolder(path: string): Promise<RecordingsFolder> {
  try {
    const root = rawNameOf(await realpath(path, { encoding: 'buffer' }))
    await readdir(bytesOfName(root))
    return { root }
  } catch (error) {
    throw new RedomaError(
      'SOURCE_UNREADABLE',
      `the folder of recordings ${path} cannot be read: ${messageOf(error)}`,
      {
        hint: 'Is it there, mounted, and readable for the user that Redoma runs as?',
        cause: error,
      },
    )
  }
}

/**
 * Every recording under the folder. Symbolic links are not followed; sockets, fifos and devices are not recordings.
 * What vanishes meanwhile is left out; `onProblem` hears of folders that cannot be read.
 */
export async function* findRecordings(
  { root }: RecordingsFolder,
  onProblem: (path: RawName, error: unknown) => void,
  signal: AbortSignal,
): AsyncIterable<FoundRecording> {
  const waiting = ['' as RawName]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    signal.throwIfAborted()
    const entries = await entriesOf(root, folder, onProblem)
    const at = folder
    waiting.push(...entries.folders.map((name) => joinRaw(at, name)))
    for (const { names, whole } of groupFiles(folder, entries.files)) {
      const files = await look(root, folder, names, onProblem)
      const [first] = files
      if (first !== undefined) yield { path: whole ? folder : first.path, files }
    }
  }
}

async function entriesOf(
  root: RawName,
  folder: RawName,
  onProblem: (path: RawName, error: unknown) => void,
): Promise<{ files: RawName[]; folders: RawName[] }> {
  try {
    const path = bytesOfName(folder === '' ? root : joinRaw(root, folder))
    const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' })
    const named = (isWanted: (entry: Dirent<Buffer>) => boolean): RawName[] =>
      entries.filter(isWanted).map((entry) => rawNameOf(entry.name))
    return {
      files: named((entry) => entry.isFile()),
      // In reverse, since the last is visited first.
      folders: named((entry) => entry.isDirectory())
        .toSorted()
        .reverse(),
    }
  } catch (error) {
    if (folder === '' || systemCode(error) !== 'ENOENT') onProblem(folder, error)
    return { files: [], folders: [] }
  }
}

/** sudo counts sessions in `seq`, seven bytes that change with each of them: no recording. */
function isSudoCounter(name: RawName, size: bigint): boolean {
  return name === 'seq' && size === 7n
}

async function look(
  root: RawName,
  folder: RawName,
  names: readonly RawName[],
  onProblem: (path: RawName, error: unknown) => void,
): Promise<RecordingFile[]> {
  const files: RecordingFile[] = []
  for (const name of names) {
    const path = joinRaw(folder, name)
    try {
      const stat = await lstat(bytesOfName(joinRaw(root, path)), { bigint: true })
      if (!stat.isFile() || isSudoCounter(name, stat.size)) continue
      files.push({
        name,
        path,
        size: Number(stat.size),
        modifiedNs: stat.mtimeNs,
        changedNs: stat.ctimeNs,
        mode: Number(stat.mode & 0o7777n),
        device: stat.dev,
        inode: stat.ino,
      })
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') onProblem(path, error)
    }
  }
  return files
}
