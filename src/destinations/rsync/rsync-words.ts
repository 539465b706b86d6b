import type { RsyncSpec } from '../../ports/destination-spec.ts'
import type { Doing } from './failures.ts'
import { serverAlias, throughMaster } from './ssh-words.ts'

/** The words that rsync is run with. What it is to move comes by its standard input, so that it can begin before that is known. */
export interface RsyncWords {
  /** @param sync what is received, before it gets its name */
  send(from: string, sync: boolean): string[]
  /** What is missing in `from` goes. */
  remove(from: string, sync: boolean): string[]
  fetch(to: string, longestBytes: number): string[]
  readonly listFolders: string[]
  /** With nothing by its standard input. */
  listBy(rules: readonly string[]): string[]
}

const remote = `${serverAlias}:./`
// Sizes and times say nothing of what is there, and to compare contents takes longer than to send them.
const wholly = ['--ignore-times', '--whole-file', '--stats']

/** @param silenceSeconds after which one side gives up on the other */
export function makeRsyncWords(spec: RsyncSpec, silenceSeconds: number): RsyncWords {
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

  function selecting(doing: Doing): string[] {
    return [...always(doing), '--from0', '--files-from=-', '--no-implied-dirs']
  }

  function writing(doing: Doing, from: string, sync: boolean, rest: readonly string[]): string[] {
    return [...selecting(doing), ...(sync ? ['--fsync'] : []), ...wholly, ...rest, `${from}/`, remote]
  }

  return {
    send: (from, sync) => writing('writing', from, sync, []),
    remove: (from, sync) => writing('removing', from, sync, ['--delete-missing-args']),
    fetch(to, longestBytes) {
      const limits = ['--ignore-missing-args', `--max-size=${longestBytes}`]
      return [...selecting('reading'), ...wholly, ...limits, remote, `${to}/`]
    },
    listFolders: [
      ...selecting('listing'),
      // Incrementally, folders would come in the order of their names. The last word is not used, and has to be there.
      ...['--recursive', '--no-inc-recursive', '--list-only', '--ignore-missing-args', remote, '.'],
    ],
    listBy: (rules) => [...always('listing'), '--recursive', '--list-only', ...rules, remote],
  }
}
