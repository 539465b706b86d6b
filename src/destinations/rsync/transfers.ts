import { RedomaError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import type { RsyncSpec } from '../../ports/destination-spec.ts'
import type { Connection } from './connection.ts'
import { type Doing, isBusy, lacksFsync, rsyncFailure } from './failures.ts'
import { makeRsyncWords } from './rsync-words.ts'
import { beginProgram, type Ended } from './run-program.ts'
import { makeSpares } from './spares.ts'
import { figureIn, plainFilesIn } from './stats.ts'

export interface TransferFigures {
  /** Over the connection, in bytes; what SSH adds is not counted. */
  sentBytes: number
  receivedBytes: number
  /** Objects that were put there, and that were fetched. */
  sentObjects: number
  receivedObjects: number
  /** How often rsync was started, and how long it ran, in milliseconds. */
  runs: number
  elapsedMs: number
}

/** Runs of rsync, one after the other: an `rrsync` that locks its folder lets in one at a time. */
export interface Transfers {
  /** Sends these paths of a local folder; each replaces what is there. All of them are there, and durable, or it throws. */
  send(from: string, paths: readonly string[], signal: AbortSignal): Promise<void>
  /** Removes what is at these paths, and sends those that the folder has. It has the parents of all. */
  remove(from: string, paths: readonly string[], signal: AbortSignal): Promise<void>
  /**
   * Fetches what is at these paths, but nothing longer than so many bytes; what is not there is passed over.
   *
   * @returns whether all files that are there came: one that did not is not there
   */
  fetch(paths: readonly string[], to: string, longestBytes: number, signal: AbortSignal): Promise<boolean>
  /** The lines of a recursive listing of these folders, one after the other in this order; one that is not there has none. */
  listFolders(
    paths: readonly string[],
    onOutput: (chunk: Buffer) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
  /** The lines of a recursive listing of what these rules leave. */
  list(
    rules: readonly string[],
    onOutput: (chunk: Buffer) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
  /** What will be asked for soon, so that it takes less time then. */
  expect(next: Expected): void
  /** Nothing is asked for any more. */
  readonly stop: () => void
  readonly figures: Readonly<TransferFigures>
  /** False once it is known that one of the two sides cannot sync. */
  isDurable(): boolean
}

/** A run of which all is known but what it is to move. The folder on this machine is there. */
export type Expected =
  | { readonly kind: 'send'; readonly from: string }
  | { readonly kind: 'fetch'; readonly to: string; readonly longestBytes: number }
  | { readonly kind: 'list' }

/** How long another one at work there is waited for. */
const busyMs = 60_000
const busyPauseMs = 300

export function makeTransfers(
  spec: RsyncSpec,
  connection: Connection,
  where: string,
  silenceSeconds: number,
): Transfers {
  const figures: TransferFigures = {
    sentBytes: 0,
    receivedBytes: 0,
    sentObjects: 0,
    receivedObjects: 0,
    runs: 0,
    elapsedMs: 0,
  }
  const words = makeRsyncWords(spec, silenceSeconds)
  const spares = makeSpares(connection.folder)
  let canSync = true

  /** @throws RedomaError as `rsyncFailure` */
  async function run(
    doing: Doing,
    wordsOfRun: readonly string[],
    paths: readonly string[],
    signal: AbortSignal,
    rest: {
      readonly onOutput?: (chunk: Buffer) => Promise<void>
      readonly isExpected?: (ended: Ended) => boolean
      /** The same is asked for again, as a rule. */
      readonly again?: boolean
    } = {},
  ): Promise<Ended> {
    const program = { name: 'rsync', words: wordsOfRun, folder: connection.folder } as const
    const input = paths.map((path) => `${path}\0`).join('')
    const begun = performance.now()
    for (;;) {
      signal.throwIfAborted()
      if (!connection.isReady()) spares.endAll()
      await connection.ready(signal)
      const spare = spares.take(wordsOfRun)
      if (rest.again === true) spares.expect(wordsOfRun)
      spares.begin()
      figures.runs++
      const ended = await (spare ?? beginProgram(program)).finish(input, signal, rest.onOutput)
      const elapsed = performance.now() - begun
      if (ended.code === 0 || (ended.code === codeOfVanished && isLooking(doing))) {
        figures.elapsedMs += elapsed
        figures.sentBytes += figureIn(ended.output, 'Total bytes sent')
        figures.receivedBytes += figureIn(ended.output, 'Total bytes received')
        return ended
      }
      if (rest.isExpected?.(ended) === true) return ended
      if (!isBusy(ended) || elapsed > busyMs) {
        spares.endAll()
        throw rsyncFailure(where, doing, ended, connection.complaints())
      }
      // Perhaps with ourselves.
      spares.stop()
      await wait(busyPauseMs, signal)
    }
  }

  function wordsOf(next: Expected): string[] {
    switch (next.kind) {
      case 'send':
        return words.send(next.from, canSync)
      case 'fetch':
        return words.fetch(next.to, next.longestBytes)
      case 'list':
        return words.listFolders
    }
  }

  /** Whatever is too old for `--fsync` says so before anything is sent. */
  async function runSyncing(
    doing: Doing,
    toDo: (sync: boolean) => readonly string[],
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<Ended> {
    if (canSync) {
      const ended = await run(doing, toDo(true), paths, signal, { isExpected: lacksFsync })
      if (ended.code === 0) return ended
    }
    const ended = await run(doing, toDo(false), paths, signal)
    canSync = false
    return ended
  }

  return {
    figures,
    isDurable: () => canSync,
    stop: spares.stop,
    expect(next) {
      spares.expect(wordsOf(next))
      if (connection.isReady()) spares.begin()
    },
    async send(from, paths, signal) {
      const { output } = await runSyncing('writing', (sync) => words.send(from, sync), paths, signal)
      const taken = figureIn(output, 'Number of regular files transferred')
      if (taken !== paths.length) {
        throw new RedomaError(
          'DESTINATION_FORBIDDEN',
          `${where}: took ${taken} of ${paths.length} files, without a word`,
          {
            hint: 'Is there -no-overwrite in the line of the account? Redoma has to replace some of its files.',
          },
        )
      }
      // But for the mark.
      figures.sentObjects += paths.length - 1
    },
    async remove(from, paths, signal) {
      await runSyncing('removing', (sync) => words.remove(from, sync), paths, signal)
    },
    async fetch(paths, to, longestBytes, signal) {
      const { output } = await run('reading', words.fetch(to, longestBytes), paths, signal)
      const came = figureIn(output, 'Number of regular files transferred')
      figures.receivedObjects += came
      return came === plainFilesIn(output)
    },
    async listFolders(paths, onOutput, signal) {
      await run('listing', words.listFolders, paths, signal, { onOutput, again: true })
    },
    async list(rules, onOutput, signal) {
      await run('listing', words.listBy(rules), [], signal, { onOutput })
    },
  }
}

/** Others removed something while it was listed or read: it is not there, then. */
const codeOfVanished = 24

function isLooking(doing: Doing): boolean {
  return doing === 'reading' || doing === 'listing'
}
