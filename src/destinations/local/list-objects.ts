import { type FileHandle, lstat, readdir } from 'node:fs/promises'
import { systemCode } from '../../core/errors.ts'
import { asObjectName, type ObjectInfo, type ObjectName } from '../../ports/destination.ts'
import { calling, destinationFailure } from './failures.ts'
import { inside, joinName, lastPart, openFolder, parentOf, type Root } from './folders.ts'

const statsAtOnce = 64

export async function* listObjects(
  root: Root,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ObjectInfo> {
  const waiting = [parentOf(prefix)]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    await using folder = await openFolder(root, name)
    if (folder === undefined) continue
    const { files, folders } = await entriesOf(folder, name, prefix)
    waiting.push(...folders)
    for (let first = 0; first < files.length; first += statsAtOnce) {
      signal.throwIfAborted()
      const some = files.slice(first, first + statsAtOnce)
      const described = await describe(folder, some)
      if (described.length < some.length) await root.proveAbsence?.()
      yield* described
    }
  }
}

/** Plain files and folders that can matter; temporary names, symbolic links and the like are no objects. */
async function entriesOf(
  folder: FileHandle,
  name: string,
  prefix: string,
): Promise<{ files: ObjectName[]; folders: string[] }> {
  const files: ObjectName[] = []
  const folders: string[] = []
  const entries = await calling(`listing ${name}`, () =>
    readdir(inside(folder, '.'), { withFileTypes: true }),
  )
  for (const entry of entries) {
    const whole = asObjectName(joinName(name, entry.name))
    if (whole === undefined) continue
    if (entry.isFile() && whole.startsWith(prefix)) files.push(whole)
    if (entry.isDirectory() && (whole.startsWith(prefix) || prefix.startsWith(`${whole}/`)))
      folders.push(whole)
  }
  return { files, folders }
}

async function describe(folder: FileHandle, names: readonly ObjectName[]): Promise<ObjectInfo[]> {
  const found = await Promise.all(names.map((name) => sizeOf(folder, name)))
  return found.filter((info) => info !== undefined)
}

async function sizeOf(folder: FileHandle, name: ObjectName): Promise<ObjectInfo | undefined> {
  try {
    const { size, mtimeMs: putAtMs } = await lstat(inside(folder, lastPart(name)))
    return { name, size, putAtMs }
  } catch (error) {
    // Removed since the folder was read.
    if (systemCode(error) === 'ENOENT') return undefined
    throw destinationFailure(`looking at ${name}`, error)
  }
}
