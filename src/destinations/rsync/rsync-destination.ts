import { type FileHandle, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RedomaError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ByteRange, Destination, ObjectInfo, ObjectName, ReadsInto } from '../../ports/destination.ts'
import { locationOf, type RsyncSpec } from '../../ports/destination-spec.ts'
import { openConnection } from './connection.ts'
import { makeFetchedCache, openUnlessGone } from './fetched-cache.ts'
import { makeFetcher } from './fetcher.ts'
import { makeInTurn } from './in-turn.ts'
import { makeLister } from './lister.ts'
import { checkFolder } from './names.ts'
import { makeOutbox } from './outbox.ts'
import { readInto, readParts } from './read-file.ts'
import { removePaths } from './remove-paths.ts'
import { makeSpoolFolder } from './spool-folder.ts'
import { makeTransfers, type TransferFigures } from './transfers.ts'

export interface RsyncDeps {
  readonly clock: Clock
  /** In the instance's folder; made when it is not there. What is sent and fetched lies below it, and the connection's socket. */
  readonly spoolFolder: string
  /** Of the instance's private SSH key. */
  readonly keyPath: string
  /** What may wait to be sent; one larger object may be there alone. */
  readonly spoolBytes?: number
  /** How long what was put waits for more, unless somebody asks for it; a second where it is not said. */
  readonly lingerMs?: number
  /** What was fetched and may be read again. */
  readonly cacheBytes?: number
  /** Without any progress for so long, a transfer is given up. */
  readonly silenceSeconds?: number
}

export interface RsyncDestination extends Destination, ReadsInto, AsyncDisposable {
  /** Nothing there can be listed, read or removed: what is there is known from the catalogue alone. */
  readonly isWriteOnly: boolean
  figures(): TransferFigures
  /** What the operator should know, a sentence each. */
  remarks(): string[]
}

const defaultBytes = 256 * 1024 * 1024
/** What was not flushed is sent in this time, or not at all. */
const lastWordsMs = 10_000

/**
 * A folder at the other end of an SSH connection, where nothing but rsync is to be had. What is put waits in a spool until there is
 * enough of it, until `flush`, or for a second; what is read is fetched whole.
 *
 * @throws RedomaError `USAGE`, `FORMAT_UNKNOWN`, `PATH_UNSAFE` for a spec that cannot be; nothing is connected yet
 */
export async function rsyncDestination(spec: RsyncSpec, deps: RsyncDeps): Promise<RsyncDestination> {
  const {
    clock,
    spoolBytes = defaultBytes,
    cacheBytes = defaultBytes,
    silenceSeconds = 60,
    lingerMs = 1000,
  } = deps
  const folder = checkFolder(spec.folder)
  const where = locationOf(spec)
  const spool = await makeSpoolFolder(deps.spoolFolder)
  const folderOfSsh = join(spool, 'ssh')
  await mkdir(folderOfSsh, { mode: 0o700 })
  const connecting = { folder: folderOfSsh, keyPath: deps.keyPath, where, silenceSeconds }
  const connection = await openConnection(spec, connecting).catch(async (error: unknown) => {
    await rm(spool, { recursive: true, force: true })
    throw error
  })
  const disposing = new AbortController()
  const inTurn = makeInTurn(disposing.signal)
  const transfers = makeTransfers(spec, connection, where, silenceSeconds)
  const cache = makeFetchedCache(spool, cacheBytes, clock)
  const outbox = makeOutbox({
    transfers,
    spool,
    folder,
    limitBytes: spoolBytes,
    lingerMs,
    inTurn,
    onDelivered: async (names) => {
      for (const name of names) await cache.forget(name)
    },
  })
  let leftovers = 0
  const lister = makeLister({ transfers, spool, folder, clock, inTurn, onLeftovers: removeLeftovers })
  const fetcher = makeFetcher({ transfers, spool, folder, cache, inTurn, look: lister.look })
  if (!spec.writeOnly) transfers.expect({ kind: 'list' })

  async function* list(prefix: string, signal: AbortSignal): AsyncGenerator<ObjectInfo> {
    mustRead('listed')
    // Who lists to see whether he is alone must be seen himself.
    await outbox.flush(signal)
    yield* lister.list(prefix, signal)
  }

  /** They are only untidy; what fails here fails nothing else. */
  async function removeLeftovers(paths: readonly string[]): Promise<void> {
    const root = join(spool, `leftovers-${++leftovers}`)
    await inTurn((ending) => removePaths(transfers, root, folder, paths, ending)).catch(() => undefined)
    await rm(root, { recursive: true, force: true })
  }

  /** What is read: from the spool, else what was fetched before where that will do, else from the other side. Close it. */
  async function openObject(name: ObjectName, isPart: boolean, signal: AbortSignal): Promise<FileHandle> {
    mustRead('read')
    signal.throwIfAborted()
    for (let found = outbox.find(name); found !== undefined; found = outbox.find(name)) {
      if (found === 'removed') throw new RedomaError('OBJECT_NOT_FOUND', `there is no ${name}`)
      const file = await openUnlessGone(found.path)
      if (file !== undefined) return file
      // It was sent or replaced meanwhile.
    }
    const kept = isPart ? await cache.open(name) : undefined
    return kept ?? fetcher.fetch(name, isPart, signal)
  }

  async function* get(
    name: ObjectName,
    range: ByteRange | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    await using file = await openObject(name, range !== undefined, signal)
    yield* readParts(file, name, range, signal)
  }

  function mustRead(done: string): void {
    if (!spec.writeOnly) return
    throw new RedomaError(
      'DESTINATION_FORBIDDEN',
      `${where}: it is written to alone, so nothing there can be ${done}`,
      {
        hint: 'What is there is known from the catalogue. To verify or remove it, work at the server.',
      },
    )
  }

  return {
    isWriteOnly: spec.writeOnly,
    put: outbox.put,
    get,
    list,
    flush: outbox.flush,
    async readInto(name, offset, out, signal) {
      await using file = await openObject(name, true, signal)
      await readInto(file, name, offset, out)
    },
    async remove(name, signal) {
      mustRead('removed')
      signal.throwIfAborted()
      await outbox.remove(name)
    },
    figures: () => ({ ...transfers.figures }),
    remarks: () => (transfers.isDurable() ? [] : [notSynced]),
    async [Symbol.asyncDispose]() {
      outbox.stop()
      // Locks that were removed, most of all. Who needed it done has flushed.
      await outbox.flush(AbortSignal.timeout(lastWordsMs)).catch(() => undefined)
      disposing.abort(new RedomaError('CANCELLED', `${where}: it is no longer used`))
      transfers.stop()
      await inTurn(async () => undefined).catch(() => undefined)
      await connection[Symbol.asyncDispose]()
      await rm(spool, { recursive: true, force: true })
    },
  }
}

const notSynced =
  'one side has an rsync older than 3.2.4, which cannot sync: what was sent is durable when the server sees fit'
