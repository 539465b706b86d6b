import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { collectBytes, toHex } from '../../core/bytes.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { type AgeKey, decryptAge, decryptAgeInTurns } from '../../crypto/age/decrypt.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { PassingDigest, PassingPlaintext } from './digests.ts'
import { maximumMetaBytes, parseSealedMeta, type SealedMeta } from './meta.ts'

/** The two objects of a sealed copy, wherever they lie. A chunk of them need be good only until the next is asked for. */
export interface SealedCopy {
  original(): AsyncIterable<Uint8Array>
  meta(): AsyncIterable<Uint8Array>
}

export interface OpenedRecording {
  readonly meta: SealedMeta
  /** What was written: one file, or the folder of several. */
  readonly path: string
}

/** @throws RedomaError `KEY_WRONG`, `DATA_DAMAGED`, `FORMAT_UNKNOWN`, `LIMIT_EXCEEDED` */
export async function readMeta(copy: SealedCopy, key: AgeKey, primitives: Primitives): Promise<SealedMeta> {
  return parseSealedMeta(await collectBytes(decryptAge(copy.meta(), key, primitives), maximumMetaBytes))
}

/**
 * Decrypts a recording to `to`: its one file (into `to`, where that is a folder), or a new folder of its files. Nothing
 * is there under that name before all of it was found equal to what was sealed.
 *
 * @throws RedomaError `ALREADY_EXISTS`, `KEY_WRONG`, `DATA_DAMAGED`, `VERIFICATION_FAILED`, `FILE_FAILED`
 */
export async function openSealed(
  copy: SealedCopy,
  key: AgeKey,
  to: string,
  primitives: Primitives,
  signal: AbortSignal,
): Promise<OpenedRecording> {
  const meta = await readMeta(copy, key, primitives)
  const path = await placeFor(meta, to)
  const temporary = join(dirname(path), `.redoma-${toHex(randomBytes(6))}`)
  const plaintext = new PassingPlaintext()
  const checked = (chunks: AsyncIterable<Uint8Array>) => plaintext.through(stoppable(chunks, signal))
  try {
    // What reads the tar keeps some chunks for later.
    if (meta.content.form === 'tar')
      await writeFolder(temporary, meta, checked(decryptAge(copy.original(), key, primitives)))
    else await writeFile(temporary, checked(decryptAgeInTurns(copy.original(), key, primitives)))
    requireEqual(meta, plaintext.digest())
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error instanceof RedomaError || signal.aborted ? error : failed(path, error)
  }
  return { meta, path }
}

async function* stoppable(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    yield chunk
  }
}

async function placeFor(meta: SealedMeta, to: string): Promise<string> {
  const found = await stat(to).catch(() => undefined)
  const [only] = meta.parts
  if (found?.isDirectory() === true && meta.content.form === 'file' && only !== undefined) {
    return placeFor({ ...meta, parts: [] }, join(to, fileNameOf(only).toString()))
  }
  const isEmptyFolder = found?.isDirectory() === true && (await readdir(to)).length === 0
  if (found === undefined || (isEmptyFolder && meta.content.form === 'tar')) return to
  throw new RedomaError('ALREADY_EXISTS', `${to} is there already`, {
    hint: 'Name a place that is not there yet: nothing is overwritten.',
  })
}

/**
 * The file's name as it was, byte for byte. It comes from the recorded machine, or from whoever made up this copy (anyone
 * can encrypt to a public recipient): it must not lead out of the folder.
 */
function fileNameOf({ name, nameBytes }: SealedMeta['parts'][number]): Buffer {
  const bytes = nameBytes === undefined ? Buffer.from(name) : Buffer.from(nameBytes, 'base64')
  const isSafe = bytes.length > 0 && !/^\.{1,2}$|[/\0]/.test(bytes.toString('latin1'))
  if (isSafe) return bytes
  throw new RedomaError('PATH_UNSAFE', `a file of the recording is called ${JSON.stringify(name)}`)
}

async function writeFile(path: string | Buffer, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  for await (const chunk of chunks) await file.writeFile(chunk)
  await file.sync()
}

async function writeFolder(path: string, meta: SealedMeta, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(path, { mode: 0o700 })
  const source = Readable.from(chunks)
  const tar = extract()
  source.on('error', (error) => {
    tar.destroy(error)
  })
  source.pipe(tar)
  const missing = new Map(meta.parts.map((part) => [part.name, part]))
  for await (const entry of tar) {
    const part = missing.get(entry.header.name)
    if (part === undefined || entry.header.type !== 'file') throw unexpected(entry.header.name)
    missing.delete(part.name)
    const digest = new PassingDigest()
    await writeFile(
      Buffer.concat([Buffer.from(`${path}/`), fileNameOf(part)]),
      digest.through(entry as AsyncIterable<Uint8Array>),
    )
    if (digest.digest().sha256 !== part.sha256) throw unexpected(part.name)
  }
  if (missing.size > 0) throw unexpected([...missing.keys()].join(', '))
}

function unexpected(name: string): RedomaError {
  return new RedomaError('VERIFICATION_FAILED', `the file ${name} is not as meta.age says`)
}

function requireEqual(meta: SealedMeta, found: { sha256: string; bytes: number; merkleRoot: string }): void {
  const { content } = meta
  const isEqual =
    found.sha256 === content.sha256 &&
    found.bytes === content.bytes &&
    found.merkleRoot === content.merkle.root
  if (isEqual) return
  throw new RedomaError(
    'VERIFICATION_FAILED',
    `original.age holds ${found.bytes} bytes (SHA-256 ${found.sha256}), sealed were ${content.bytes} (${content.sha256})`,
  )
}

function failed(path: string, error: unknown): RedomaError {
  return new RedomaError('FILE_FAILED', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
}
