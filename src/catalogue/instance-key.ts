import { randomBytes, randomUUID } from 'node:crypto'
import { type FileHandle, link, open, rm } from 'node:fs/promises'
import { RedomaError, systemCode } from '../core/errors.ts'
import { isOwn, keyPath, syncFolder } from './home.ts'

const keyBytes = 32

/**
 * The instance's key; made, and safe on the disk, when there is none. One that is there is never replaced: it may be all
 * that opens a catalogue which is about to be restored.
 */
export async function makeInstanceKey(home: string): Promise<Uint8Array> {
  const path = keyPath(home)
  const temporary = `${path}.${randomUUID()}.new`
  try {
    await writeNew(temporary, randomBytes(keyBytes))
    await linkUnlessThere(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(home)
  return readInstanceKey(home)
}

/** @throws RedomaError `INSTANCE_KEY_WRONG` when it is missing, not 32 bytes, somebody else's, or readable by others */
export async function readInstanceKey(home: string): Promise<Uint8Array> {
  const path = keyPath(home)
  await using file = await open(path, 'r').catch((error: unknown) => {
    throw wrong(`${path} cannot be read (${systemCode(error) ?? 'unknown'})`, restoreHint, error)
  })
  const { mode, uid } = await file.stat()
  if (!isOwn(uid)) {
    // Whoever put it there knows it.
    throw wrong(`${path} belongs to another user`, 'Run redoma as the user that the instance belongs to.')
  }
  if ((mode & 0o077) !== 0) {
    throw wrong(`${path} can be read or written by others than its owner`, `Run: chmod 600 ${path}`)
  }
  const key = new Uint8Array(keyBytes + 1)
  const { bytesRead } = await file.read(key, 0, key.length, 0)
  if (bytesRead !== keyBytes) throw wrong(`${path} is not a key of ${keyBytes} bytes`, restoreHint)
  return key.slice(0, keyBytes)
}

export const restoreHint =
  'Restore instance.key from a bundle of this instance: it is in there as system/instance.key, in hexadecimal digits.'

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  await using file: FileHandle = await open(path, 'wx', 0o600)
  await file.writeFile(bytes)
  await file.sync()
}

async function linkUnlessThere(from: string, to: string): Promise<void> {
  await link(from, to).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error
  })
}

function wrong(message: string, hint: string, cause?: unknown): RedomaError {
  return new RedomaError('INSTANCE_KEY_WRONG', message, { hint, cause })
}
