import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'
import { type LocalFile, openLocalFile } from './local-file.ts'

/** A bundle's ciphertext in the instance's `run` folder, until it is at every destination; removed with the scope. */
export interface BundleSpool extends AsyncDisposable {
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  open(): AsyncIterable<Uint8Array>
  /** For reading from anywhere in it; close it. */
  file(): Promise<LocalFile>
}

/**
 * @param ciphertext read without keeping any of its chunks
 *
 * @throws RedomaError `FILE_FAILED`, and what `ciphertext` throws; nothing is left behind then
 */
export async function spoolBundle(
  runFolder: string,
  sequence: number,
  ciphertext: AsyncIterable<Uint8Array>,
): Promise<BundleSpool> {
  const path = join(runFolder, `bundle-${process.pid}-${sequence}.spool`)
  try {
    const { bytes, sha256 } = await writeSpool(path, ciphertext)
    return {
      bytes,
      sha256,
      open: () => createReadStream(path, { highWaterMark: 1024 * 1024 }),
      file: () => openLocalFile(path),
      [Symbol.asyncDispose]: () => rm(path, { force: true }),
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error instanceof RedomaError || systemCode(error) === undefined
      ? error
      : new RedomaError('FILE_FAILED', `cannot write ${path}: ${messageOf(error)}`, { cause: error })
  }
}

async function writeSpool(
  path: string,
  ciphertext: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  await using file = await open(path, 'wx', 0o600)
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of ciphertext) {
    hash.update(chunk)
    bytes += chunk.length
    await file.writeFile(chunk)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/**
 * Removes what killed runs left. Spools of other processes that live are theirs; those under this process's own number
 * are of one before it, as this one has none yet.
 */
export async function removeOldSpools(runFolder: string): Promise<void> {
  await mkdir(runFolder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(runFolder)) {
    const processId = /^bundle-(\d+)-\d+\.spool$/.exec(name)?.[1]
    if (processId === undefined || isAnotherAlive(Number(processId))) continue
    await rm(join(runFolder, name), { force: true })
  }
}

function isAnotherAlive(processId: number): boolean {
  if (processId === process.pid) return false
  try {
    return process.kill(processId, 0)
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}
