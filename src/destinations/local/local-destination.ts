import { rmdir, statfs, unlink } from 'node:fs/promises'
import { RedomaError, systemCode } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  Destination,
  DestinationSpace,
  MeasuresSpace,
  ObjectBody,
  ObjectName,
  ReadsInto,
} from '../../ports/destination.ts'
import { calling, destinationFailure } from './failures.ts'
import { findRoot, inside, lastPart, makeFolder, openFolder, parentOf, type Root } from './folders.ts'
import { listObjects } from './list-objects.ts'
import { readObject, readObjectInto } from './read-object.ts'
import { removeLeftovers, writeObject } from './write-object.ts'

/** How often a put begins again when a concurrent `remove` took the emptied folder away under it. */
const folderAttempts = 4

/** A folder that is there already, on a disk of this machine or on a share that somebody mounted. Linux only (`/proc`). */
export function localDestination(path: string, clock: Clock): Destination & MeasuresSpace & ReadsInto {
  return folderDestination(() => findRoot(path), clock)
}

export interface FolderOptions {
  /** Folders with a new or removed entry that is not durable yet, those of a former process too. */
  readonly touched?: Set<string>
  /** Is called for each folder that a flush has made durable. */
  readonly onSynced?: () => void
}

/** @param rootNow the folder, looked for anew at each call: it may be gone, or another one by then */
export function folderDestination(
  rootNow: () => Promise<Root>,
  clock: Clock,
  { touched = new Set(), onSynced = () => undefined }: FolderOptions = {},
): Destination & MeasuresSpace & ReadsInto {
  const cleaned = new Set<string>()

  async function tryToPut(name: ObjectName, body: ObjectBody, signal: AbortSignal): Promise<boolean> {
    const parent = parentOf(name)
    const root = await rootNow()
    await using folder = await makeFolder(root, parent, touched)
    if (!cleaned.has(parent)) {
      cleaned.add(parent)
      // Leftovers are only untidy; a failure here must not fail the put.
      await removeLeftovers(folder, clock.now()).catch(() => undefined)
    }
    const written = await writeObject(folder, lastPart(name), body, signal)
    touched.add(parent)
    if (!written) await root.proveAbsence?.()
    return written
  }

  return {
    async put(name, body, signal) {
      signal.throwIfAborted()
      for (let attempt = 1; attempt <= folderAttempts; attempt++) {
        if (await tryToPut(name, body, signal)) return
      }
      throw new RedomaError('DESTINATION_FAILED', `the folder of ${name} vanishes again and again`)
    },
    async *get(name, range, signal) {
      yield* readObject(await rootNow(), name, range, signal)
    },
    readInto: async (name, offset, out, signal) => readObjectInto(await rootNow(), name, offset, out, signal),
    async *list(prefix, signal) {
      yield* listObjects(await rootNow(), prefix, signal)
    },
    remove: async (name) => removeObject(await rootNow(), name, touched),
    async flush() {
      const root = await rootNow()
      for (const name of [...touched]) {
        // Taken out first: what is put meanwhile must be synced by the next flush.
        touched.delete(name)
        await syncFolder(root, name).catch((error: unknown) => {
          touched.add(name)
          throw error
        })
        onSynced()
      }
    },
    space: async () => measureSpace(await rootNow()),
  }
}

async function removeObject(root: Root, name: string, touched: Set<string>): Promise<void> {
  const parent = parentOf(name)
  await using folder = await openFolder(root, parent)
  if (folder === undefined) return
  try {
    await unlink(inside(folder, lastPart(name)))
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw destinationFailure(`removing ${name}`, error)
    await root.proveAbsence?.()
  }
  touched.add(parent)
  await removeEmptyFolders(root, parent, touched)
}

/** Folders are no objects: one that holds nothing any more goes too, up to the root. */
async function removeEmptyFolders(root: Root, name: string, touched: Set<string>): Promise<void> {
  if (name === '') return
  const parent = parentOf(name)
  await using folder = await openFolder(root, parent)
  if (folder === undefined) return
  try {
    await rmdir(inside(folder, lastPart(name)))
  } catch {
    return // Not empty, most likely; an empty folder that stays does no harm either.
  }
  touched.add(parent)
  await removeEmptyFolders(root, parent, touched)
}

/** Without this, a rename that succeeded can be gone after a power cut. */
async function syncFolder(root: Root, name: string): Promise<void> {
  await using folder = await openFolder(root, name)
  // Gone with its last object: then its parent is in the list too.
  if (folder === undefined) return
  await calling(`syncing the folder ${name}`, () => folder.sync())
}

async function measureSpace(root: Root): Promise<DestinationSpace> {
  const { bsize, bavail, blocks } = await calling(`measuring ${root.path}`, () => statfs(`${root.at}/.`))
  return { freeBytes: bsize * bavail, totalBytes: bsize * blocks }
}
