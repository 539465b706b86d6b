import type { Command } from 'commander'
import type { BrowsedEntry, FindEvents } from '../../app/browse-system.ts'
import { messageOf } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { findCopy, meant, type Place } from '../restore/find-copy.ts'
import { parseSnapshotPath } from '../restore/snapshot-path.ts'
import { warnOfExchanged } from '../restore/warn-of-exchanged.ts'
import {
  type LockOptions,
  type PlaceOptions,
  placesToRead,
  withReadingOptions,
} from '../restore/where-to-look.ts'
import { warn } from '../warn.ts'

interface BrowseOptions extends PlaceOptions, LockOptions {
  readonly source?: string
  readonly host?: string
  readonly recursive?: true
  readonly json?: true
}

export function defineBackupLs(group: Command, context: Context): void {
  withReadingOptions(
    group
      .command('ls')
      .description('list what is in a snapshot')
      .argument('<snapshot[:path]>', 'latest, or the beginning of an id; and a folder in it')
      .option('--source <name>', 'the source whose latest snapshot is meant')
      .option(
        '--host <name>',
        'the host whose latest snapshot is meant (default: this one; with --repository the only one there)',
      ),
  )
    .option('-r, --recursive', 'folders in folders too')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', example('redoma backup ls latest:/etc/ssh --source system'))
    .action(async (text: string, options: BrowseOptions) => {
      const { services, signal } = context
      const { snapshot, path = '/' } = parseSnapshotPath(text)
      await using places = await placesToRead(context, options)
      const { access, id } = await findCopy(context, places, { snapshot, ...meant(context, options) })
      const browse = await services.browseSystem()
      const choice = { snapshot: id, path, recursive: options.recursive === true }
      for await (const entry of browse.list(access, choice, signal)) print(context, entry, options)
    })
}

export function defineBackupFind(group: Command, context: Context): void {
  withReadingOptions(
    group
      .command('find')
      .description(
        'find files in all snapshots, by name or path; * stands for anything but /, ** for anything',
      )
      .argument('<pattern>')
      .option('--host <name>', 'in snapshots of this host only'),
  )
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', example('redoma backup find "*.conf"', 'redoma backup find "/etc/**/sshd_config"'))
    .action(async (pattern: string, options: BrowseOptions) => {
      const { services, signal, terminal } = context
      const browse = await services.browseSystem()
      const what = { pattern, host: options.host }
      await using places = await placesToRead(context, options)
      let found = 0
      for (const place of places) {
        try {
          for await (const entry of browse.find(place, what, eventsOf(context, place), signal)) {
            print(context, entry, options)
            found += 1
          }
        } catch (error) {
          signal.throwIfAborted()
          if (places.length === 1) throw error
          // It does not hide what the others have.
          warn(context, { path: place.name ?? '', message: messageOf(error) })
        }
      }
      if (found > 0) return
      terminal.note(`Nothing is called ${printable(pattern)} in any snapshot that could be read.`)
      context.finish(exitCodes.failed)
    })
}

function eventsOf(context: Context, place: Place): FindEvents {
  return {
    opened: (repositoryId) => {
      warnOfExchanged(context, place, repositoryId)
    },
    problem: (problem) => {
      warn(context, problem)
    },
  }
}

/** A line at once for each: a snapshot may hold millions. */
function print({ terminal }: Context, entry: BrowsedEntry, { json }: BrowseOptions): void {
  if (json) {
    terminal.print(JSON.stringify(entry))
    return
  }
  const size = entry.bytes === undefined ? entry.type : formatBytes(entry.bytes)
  const { dim } = terminal.style
  terminal.print(
    `${dim(entry.snapshot.slice(0, 8))}  ${formatTime(entry.modifiedAt)}  ${size.padStart(9)}  ${printable(entry.path)}`,
  )
}
