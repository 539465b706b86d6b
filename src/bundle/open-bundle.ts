import { createHash } from 'node:crypto'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import {
  type Manifest,
  type ManifestEntry,
  manifestName,
  maximumManifestBytes,
  paddingName,
  parseManifest,
} from './contents/manifest.ts'
import type { RandomAccess } from './zip/random-access.ts'
import { openZip, type ZipEntry, type ZipReader } from './zip/read-zip.ts'

export interface DamagedEntry {
  readonly path: string
  readonly message: string
}

export interface OpenBundle {
  readonly manifest: Manifest
  /**
   * The content of an entry of the manifest.
   *
   * @throws RedomaError `DATA_DAMAGED`, at the end, when it is not what the manifest says
   */
  read(path: string): AsyncIterable<Uint8Array>
  /** Reads every entry to its end, and tells which are damaged: in an emergency the others are still wanted. */
  verify(signal: AbortSignal): Promise<readonly DamagedEntry[]>
}

/**
 * Opens a bundle's plaintext: the ZIP file must hold exactly what its manifest lists.
 *
 * @throws RedomaError `DATA_DAMAGED`, `FORMAT_UNKNOWN`, `PATH_UNSAFE`, `LIMIT_EXCEEDED`
 */
export async function openBundle(plaintext: RandomAccess): Promise<OpenBundle> {
  const zip = await openZip(plaintext)
  const entries = new Map(zip.entries.map((entry) => [entry.name, entry]))
  const manifest = await readManifest(zip, entries.get(manifestName))
  const listed = new Map(manifest.entries.map((entry) => [entry.path, entry]))
  requireSame(listed, entries)
  const read = (path: string) => readListed(zip, entries.get(path), listed.get(path))
  return {
    manifest,
    read,
    async verify(signal) {
      const damaged: DamagedEntry[] = []
      for (const path of listed.keys()) damaged.push(...(await damageOf(path, read(path), signal)))
      const padding = entries.get(paddingName)
      if (padding === undefined) return damaged
      return [...damaged, ...(await damageOf(paddingName, zip.read(padding), signal))]
    },
  }
}

async function readManifest(zip: ZipReader, entry: ZipEntry | undefined): Promise<Manifest> {
  if (entry === undefined) throw new RedomaError('FORMAT_UNKNOWN', 'this is no bundle: it has no manifest')
  if (entry.size > maximumManifestBytes) {
    throw new RedomaError('LIMIT_EXCEEDED', `the bundle's manifest has ${entry.size} bytes`)
  }
  return parseManifest(await collectBytes(zip.read(entry), maximumManifestBytes))
}

function requireSame(
  listed: ReadonlyMap<string, ManifestEntry>,
  entries: ReadonlyMap<string, ZipEntry>,
): void {
  const missing = [...listed.keys()].find((path) => !entries.has(path))
  if (missing !== undefined) {
    throw new RedomaError('DATA_DAMAGED', `${JSON.stringify(missing)} is missing from the bundle`)
  }
  const extra = [...entries.keys()].find(
    (name) => !listed.has(name) && name !== manifestName && name !== paddingName,
  )
  if (extra !== undefined) {
    throw new RedomaError('DATA_DAMAGED', `the bundle's manifest does not list ${JSON.stringify(extra)}`)
  }
}

async function* readListed(
  zip: ZipReader,
  entry: ZipEntry | undefined,
  listed: ManifestEntry | undefined,
): AsyncGenerator<Uint8Array> {
  if (entry === undefined || listed === undefined) {
    throw new RedomaError('NOT_FOUND', 'there is no such file in the bundle')
  }
  const hash = createHash('sha256')
  for await (const chunk of zip.read(entry)) {
    hash.update(chunk)
    yield chunk
  }
  if (entry.size !== listed.bytes || hash.digest('hex') !== listed.sha256) {
    throw new RedomaError(
      'DATA_DAMAGED',
      `${JSON.stringify(listed.path)} in the bundle is not what the manifest says`,
    )
  }
}

async function damageOf(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<DamagedEntry[]> {
  try {
    await readToEnd(chunks, signal)
    return []
  } catch (error) {
    if (!isRedomaError(error, 'DATA_DAMAGED')) throw error
    return [{ path, message: error.message }]
  }
}

/** @returns how many bytes there were */
async function readToEnd(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  let bytes = 0
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    bytes += chunk.length
  }
  return bytes
}
