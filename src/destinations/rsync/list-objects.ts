import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { RedomaError } from '../../core/errors.ts'
import type { ObjectInfo } from '../../ports/destination.ts'
import { parentOf, pathOf } from './names.ts'
import { type Listed, parseListing } from './parse-listing.ts'
import type { Transfers } from './transfers.ts'

/** Some ten million objects; whoever owns the destination may list without end. */
const longestListingBytes = 2 * 1024 ** 3
/** An rsync that was killed at the server leaves what it was writing to; by now nobody is. */
const leftoverMs = 48 * 60 * 60 * 1000

/**
 * Has all of a listing written to `path`, of what is in any of these folders or begins with any of these prefixes. Whoever reads it begins when
 * it is whole: a listing that ends early must not pass for one of fewer objects, and whoever takes its entries may want other things of
 * the destination meanwhile.
 */
export async function fetchListing(
  transfers: Transfers,
  path: string,
  folder: string,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await using file = await open(path, 'w', 0o600)
  let bytes = 0
  const take = async (chunk: Buffer): Promise<void> => {
    bytes += chunk.length
    if (bytes > longestListingBytes) throw new RedomaError('LIMIT_EXCEEDED', 'the listing has no end')
    await file.writeFile(chunk)
  }
  const paths = prefixes.map((prefix) => pathOf(folder, prefix))
  const parents = new Set(paths.map(parentOf))
  // Above all folders of the destination are those that hold most of it.
  if (parents.has('') || parents.has(folder)) await transfers.list(rulesFor(paths), take, signal)
  else await transfers.listFolders([...parents], take, signal)
}

/** Rules that leave what begins with any of `prefixes`, and the folders on the way to it: rsync goes into no others. */
function rulesFor(prefixes: readonly string[]): string[] {
  if (prefixes.includes('')) return []
  const folders = new Set(prefixes.flatMap(foldersAbove))
  return [
    ...Array.from(folders, (folder) => `--include=/${folder}/`),
    ...prefixes.map((prefix) => `--include=/${prefix}**`),
    '--exclude=*',
  ]
}

function foldersAbove(path: string): string[] {
  const parent = parentOf(path)
  return parent === '' ? [] : [...foldersAbove(parent), parent]
}

/** What is in a listing. @throws RedomaError as `parseListing` */
export async function* readListing(
  path: string,
  folder: string,
  prefix: string,
  now: Date,
  onLeftovers: (paths: readonly string[]) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<ObjectInfo> {
  const input = createReadStream(path)
  try {
    const listed: Listed = { objects: [], leftovers: [] }
    const before = now.getTime() - leftoverMs
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      parseListing(line, folder, prefix, before, listed)
      yield* listed.objects.splice(0)
      signal.throwIfAborted()
    }
    if (listed.leftovers.length > 0) await onLeftovers(listed.leftovers)
  } finally {
    input.destroy()
  }
}
