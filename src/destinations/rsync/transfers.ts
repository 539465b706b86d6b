import { RedomaError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import type { RsyncSpec } from '../../ports/destination-spec.ts'
import type { Connection } from './connection.ts'
import { type Doing, isBusy, lacksFsync, rsyncFailure } from './failures.ts'
import { type Ended, runProgram } from './run-program.ts'
import { serverAlias, throughMaster } from './ssh-words.ts'

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
  /** The lines of a recursive listing of what these rules leave. */
  list(
    rules: readonly string[],
    onOutput: (chunk: Buffer) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>
  readonly figures: Readonly<TransferFigures>
  /** False once it is known that one of the two sides cannot sync. */
  isDurable(): boolean
}

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
  const remote = `${serverAlias}:./`
  let canSync = true

  /** @throws RedomaError as `rsyncFailure` */
  async function run(
    doing: Doing,
    words: readonly string[],
    paths: readonly string[] | undefined,
    signal: AbortSignal,
    rest: {
      readonly onOutput?: (chunk: Buffer) => Promise<void>
      readonly isExpected?: (ended: Ended) => boolean
    } = {},
  ): Promise<Ended> {
    const list = paths === undefined ? {} : { input: paths.map((path) => `${path}\0`).join('') }
    const selection = paths === undefined ? [] : ['--from0', '--files-from=-', '--no-implied-dirs']
    const all = [...always(doing), ...selection, ...words]
    const program = { name: 'rsync', words: all, folder: connection.folder, ...list } as const
    const begun = performance.now()
    for (;;) {
      await connection.ready(signal)
      figures.runs++
      const ended = await runProgram(program, signal, rest.onOutput)
      const elapsed = performance.now() - begun
      if (ended.code === 0 || (ended.code === codeOfVanished && isLooking(doing))) {
        figures.elapsedMs += elapsed
        figures.sentBytes += figureIn(ended.output, 'Total bytes sent')
        figures.receivedBytes += figureIn(ended.output, 'Total bytes received')
        return ended
      }
      if (rest.isExpected?.(ended) === true) return ended
      if (!isBusy(ended) || elapsed > busyMs) {
        throw rsyncFailure(where, doing, ended, connection.complaints())
      }
      await wait(busyPauseMs, signal)
    }
  }

  function always(doing: Doing): string[] {
    const limit =
      doing === 'writing' ? spec.uploadLimit : doing === 'reading' ? spec.downloadLimit : undefined
    return [
      '--rsh',
      throughMaster,
      // rrsync cannot look into arguments that it is sent apart.
      '--no-protect-args',
      '--no-human-readable',
      `--timeout=${silenceSeconds}`,
      ...(limit === undefined ? [] : [`--bwlimit=${Math.max(1, Math.round(limit / 1024))}`]),
    ]
  }

  /** Whatever is too old for `--fsync` says so before anything is sent. */
  async function runSyncing(
    doing: Doing,
    words: readonly string[],
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<Ended> {
    if (canSync) {
      const ended = await run(doing, ['--fsync', ...words], paths, signal, { isExpected: lacksFsync })
      if (ended.code === 0) return ended
    }
    const ended = await run(doing, words, paths, signal)
    canSync = false
    return ended
  }

  return {
    figures,
    isDurable: () => canSync,
    async send(from, paths, signal) {
      // Sizes and times say nothing of what is there, and to compare contents takes longer than to send them.
      const words = ['--ignore-times', '--whole-file', '--stats', `${from}/`, remote]
      const { output } = await runSyncing('writing', words, paths, signal)
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
      const words = ['--ignore-times', '--whole-file', '--stats', '--delete-missing-args', `${from}/`, remote]
      await runSyncing('removing', words, paths, signal)
    },
    async fetch(paths, to, longestBytes, signal) {
      const words = [
        '--ignore-times',
        '--whole-file',
        '--stats',
        '--ignore-missing-args',
        `--max-size=${longestBytes}`,
      ]
      const { output } = await run('reading', [...words, remote, `${to}/`], paths, signal)
      const came = figureIn(output, 'Number of regular files transferred')
      figures.receivedObjects += came
      return came === plainFilesIn(output)
    },
    async list(rules, onOutput, signal) {
      await run('listing', ['--recursive', '--list-only', ...rules, remote], undefined, signal, { onOutput })
    },
  }
}

/** Others removed something while it was listed or read: it is not there, then. */
const codeOfVanished = 24

function isLooking(doing: Doing): boolean {
  return doing === 'reading' || doing === 'listing'
}

/** A figure of `--stats`; 0 where there is none. */
function figureIn(output: string, title: string): number {
  const [, digits = '0'] = new RegExp(`^${title}: (\\d{1,16})(?:\\s|$)`, 'm').exec(output) ?? []
  return Number(digits)
}

/** How many plain files `--stats` tells of, taken or not; `undefined` where it does not tell kinds apart. */
export function plainFilesIn(output: string): number | undefined {
  const found = /^Number of files: (\d{1,16})(?: \((.*)\))?$/m.exec(output)
  if (found === null) return undefined
  const [, all, kinds] = found
  if (kinds === undefined) return all === '0' ? 0 : undefined
  return Number(/(?:^|, )reg: (\d{1,16})(?:,|$)/.exec(kinds)?.[1] ?? 0)
}
