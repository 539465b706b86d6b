import { randomBytes, randomUUID } from 'node:crypto'
import { type FileHandle, link, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RedomaError, systemCode } from '../core/errors.ts'
import { isOwn, keyPath, syncFolder } from './home.ts'

const keyBytes = 32

/** Where the instance's key is looked for. */
export interface KeyPlaces {
  /** The instance's folder. */
  readonly home: string
  /** What systemd handed to this process, where it did: the key may be among it, and then counts. */
  readonly credentials?: string | undefined
}

export interface InstanceKey {
  readonly bytes: Uint8Array
  /** The file that it was read from. */
  readonly path: string
}

/** Of the credential in a unit of systemd: `LoadCredentialEncrypted=redoma-instance-key`. */
export const credentialName = 'redoma-instance-key'

/**
 * The instance's key; made, and safe on the disk, when there is none. One that is there is never replaced: it may be all
 * that opens a catalogue which is about to be restored.
 */
export async function makeInstanceKey(places: KeyPlaces): Promise<Uint8Array> {
  const { home } = places
  const given = await readCredential(places)
  if (given !== undefined) return given.bytes
  const path = keyPath(home)
  const temporary = `${path}.${randomUUID()}.new`
  try {
    await writeNew(temporary, randomBytes(keyBytes))
    await linkUnlessThere(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(home)
  return (await readInstanceKey({ home })).bytes
}

/** @throws RedomaError `INSTANCE_KEY_WRONG` when it is missing, not 32 bytes, somebody else's, or readable by others */
export async function readInstanceKey(places: KeyPlaces): Promise<InstanceKey> {
  const given = await readCredential(places)
  if (given !== undefined) return given
  const path = keyPath(places.home)
  await using file = await open(path, 'r').catch((error: unknown) => {
    throw wrong(`${path} cannot be read (${systemCode(error) ?? 'unknown'})`, missingHint, error)
  })
  const { mode, uid } = await file.stat()
  if (!isOwn(uid)) {
    // Whoever put it there knows it.
    throw wrong(`${path} belongs to another user`, 'Run redoma as the user that the instance belongs to.')
  }
  if ((mode & 0o077) !== 0) {
    throw wrong(`${path} can be read or written by others than its owner`, `Run: chmod 600 ${path}`)
  }
  return { bytes: await readKey(file, path), path }
}

/** @returns `undefined` where systemd handed over no key */
async function readCredential({ credentials }: KeyPlaces): Promise<InstanceKey | undefined> {
  if (credentials === undefined) return undefined
  const path = join(credentials, credentialName)
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw wrong(`${path} cannot be read (${systemCode(error) ?? 'unknown'})`, restoreHint, error)
  })
  if (file === undefined) return undefined
  await using given = file
  const { mode, uid } = await given.stat()
  // Root's, with an access list for the service's user, whose mask shows as the group's right to read.
  if ((uid !== 0 && !isOwn(uid)) || (mode & 0o027) !== 0) {
    throw wrong(`${path} is not as systemd makes it: others could have written or can read it`, restoreHint)
  }
  return { bytes: await readKey(given, path), path }
}

async function readKey(file: FileHandle, path: string): Promise<Uint8Array> {
  if (!(await file.stat()).isFile()) throw wrong(`${path} is no file`, restoreHint)
  const key = new Uint8Array(keyBytes + 1)
  const { bytesRead } = await file.read(key, 0, key.length, 0)
  if (bytesRead !== keyBytes) throw wrong(`${path} is not a key of ${keyBytes} bytes`, restoreHint)
  const exact = key.slice(0, keyBytes)
  key.fill(0)
  return exact
}

export const restoreHint =
  'Restore instance.key from a bundle of this instance: it is in there as system/instance.key, in hexadecimal digits.'

const missingHint = `${restoreHint} One that systemd keeps has to be handed over: systemd-run --pty --collect -p LoadCredentialEncrypted=${credentialName} redoma …`

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
