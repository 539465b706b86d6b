import { randomBytes, randomInt } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir, rename, unlink } from 'node:fs/promises'
import { toHex } from '../../core/bytes.ts'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import type { ObjectBody } from '../../ports/destination.ts'
import { calling, destinationFailure } from './failures.ts'
import { inside } from './folders.ts'
import { temporaryPrefix } from './temporary.ts'
import { type PastCache, pastCache } from './write-past-cache.ts'

const leftoverAgeMs = 24 * 60 * 60 * 1000
/** Each, and up to as much again, or they would fall in with the pauses of a reader: 15 seconds in all. */
const pausesMs = [10, 20, 40, 80, ...new Array<number>(50).fill(200)]

/**
 * Writes the whole body beside its place, makes it durable, and only then moves it there.
 *
 * @returns false, with the body not opened yet, when the folder was removed after it was opened
 */
export async function writeObject(
  folder: FileHandle,
  name: string,
  body: ObjectBody,
  signal: AbortSignal,
): Promise<boolean> {
  const temporary = inside(folder, temporaryPrefix + toHex(randomBytes(8)))
  const file = await create(temporary, name)
  if (file === undefined) return false
  try {
    await writeWhole(file, temporary, name, body, signal)
    signal.throwIfAborted()
    await calling(`naming ${name}`, () => renameOver(temporary, inside(folder, name), signal))
    return true
  } catch (error) {
    // What led here matters more than whether this works; a leftover is cleaned away later.
    await unlink(temporary).catch(() => undefined)
    throw error
  }
}

/**
 * A file that somebody reads just then cannot be replaced on a CIFS share, which says `EACCES`: it is tried until he has done. The old one may be
 * gone by then (`openAfterMoment`).
 */
async function renameOver(from: string, to: string, signal: AbortSignal): Promise<void> {
  for (const pause of pausesMs) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      if (systemCode(error) !== 'EACCES') throw error
    }
    await wait(randomInt(pause, 2 * pause), signal)
  }
  await rename(from, to)
}

async function create(path: string, name: string): Promise<FileHandle | undefined> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  try {
    return await open(path, flags, 0o600)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw destinationFailure(`creating ${name}`, error)
  }
}

async function writeWhole(
  file: FileHandle,
  path: string,
  name: string,
  body: ObjectBody,
  signal: AbortSignal,
): Promise<void> {
  let length = 0
  try {
    const past = pastCache(path)
    try {
      for await (const chunk of body.open()) {
        signal.throwIfAborted()
        await calling(`writing ${name}`, () => writeAll(file, past, chunk, length))
        length += chunk.length
      }
    } finally {
      await calling(`closing ${name}`, async () => past[Symbol.asyncDispose]())
    }
    // A full disk is reported here at the latest: CIFS and NFS may accept every write before it.
    await calling(`syncing ${name}`, () => file.sync())
    await checkLength(file, name, length, body.size)
  } finally {
    await calling(`closing ${name}`, () => file.close())
  }
}

async function writeAll(
  file: FileHandle,
  past: PastCache,
  chunk: Uint8Array,
  position: number,
): Promise<void> {
  let written = await past.write(chunk, position)
  while (written < chunk.length) {
    const left = chunk.length - written
    const { bytesWritten } = await file.write(chunk, written, left, position + written)
    written += bytesWritten
  }
}

async function checkLength(file: FileHandle, name: string, length: number, promised?: number): Promise<void> {
  if (promised !== undefined && promised !== length) {
    throw new RedomaError('DATA_DAMAGED', `the body of ${name} had ${length} bytes, expected ${promised}`)
  }
  const { size } = await calling(`looking at ${name}`, () => file.stat())
  if (size === length) return
  throw new RedomaError('DESTINATION_FAILED', `${name} has ${size} bytes after writing ${length}`)
}

/** Removes what runs that died have left half-written; by now nobody is writing to it any more. */
export async function removeLeftovers(folder: FileHandle, now: Date): Promise<void> {
  for (const entry of await readdir(inside(folder, '.'))) {
    if (!entry.startsWith(temporaryPrefix)) continue
    const path = inside(folder, entry)
    const { mtimeMs } = await lstat(path)
    if (now.getTime() - mtimeMs > leftoverAgeMs) await unlink(path)
  }
}
