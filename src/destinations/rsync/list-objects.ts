import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
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
 * Has all of the listing written to `path`, and only then gives what is in it: a listing that ends early must not pass for one of
 * fewer objects, and whoever takes its entries may want other things of the destination meanwhile.
 */
export async function fetchListing(
  transfers: Transfers,
  path: string,
  folder: string,
  prefix: string,
  signal: AbortSignal,
): Promise<void> {
  await using file = await open(path, 'w', 0o600)
  let bytes = 0
  await transfers.list(
    rulesFor(pathOf(folder, prefix)),
    async (chunk) => {
      bytes += chunk.length
      if (bytes > longestListingBytes) throw new RedomaError('LIMIT_EXCEEDED', 'the listing has no end')
      await file.writeFile(chunk)
    },
    signal,
  )
}

/** Rules that leave what begins with `prefix`, and the folders on the way to it: rsync goes into no others. */
function rulesFor(prefix: string): string[] {
  if (prefix === '') return []
  const rules = [`--include=/${prefix}**`, '--exclude=*']
  for (let parent = parentOf(prefix); parent !== ''; parent = parentOf(parent)) {
    rules.unshift(`--include=/${parent}/`)
  }
  return rules
}

/** What is in a listing; the file is removed. @throws RedomaError as `parseListing` */
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
    await rm(path, { force: true })
  }
}
