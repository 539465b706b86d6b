import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { RestoredSystem, RestoreEntry } from '../../app/restore-system.ts'
import { isAnythingIn, restoreOver } from '../../app/restores/restore-over.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Deletes, Overwrite } from '../../repository/restoring/request.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { count, formatBytes, formatSpan, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import { findCopy, meant } from './find-copy.ts'
import { restoreInto } from './restore-into.ts'
import { snapshotJson, timeOf } from './snapshot-json.ts'
import { parseSnapshotPath } from './snapshot-path.ts'
import { type LockOptions, type PlaceOptions, placesToRead, withReadingOptions } from './where-to-look.ts'

interface RestoreOptions extends PlaceOptions, LockOptions {
  readonly to?: string
  readonly into?: string
  readonly server?: string
  readonly source?: string
  readonly host?: string
  readonly include?: string[]
  readonly exclude?: string[]
  readonly overwrite: Overwrite
  readonly delete?: true
  readonly deleteBelowRoot?: true
  readonly dryRun?: true
  readonly json?: true
}

export function defineRestore(command: Command, context: Context): void {
  withReadingOptions(
    command
      .argument('<snapshot[:path]>', 'latest, or the beginning of an id; and what of it')
      .option('--to <folder>', 'the folder that everything goes under')
      .option(
        '--into <database>',
        'the new database that a dump goes into; of SQLite, the path of a new file',
      )
      .option(
        '--server <source>',
        'with --into: the source whose server that is (default: the one it came from)',
      )
      .option('--source <name>', 'the source whose latest snapshot is meant')
      .option(
        '--host <name>',
        'the host whose latest snapshot is meant (default: this one; with --repository the only one there)',
      ),
  )
    .option('--include <pattern...>', 'restore only what matches, as in .gitignore')
    .option('--exclude <pattern...>', 'leave out what matches')
    .addOption(
      new Option('--overwrite <which>', 'files that are there already and differ')
        .choices(['always', 'if-changed', 'if-newer', 'never'])
        .default('always'),
    )
    .option('--delete', 'remove what the snapshot does not have from the folders that are restored')
    .option('--delete-below-root', 'with --delete and --to /: yes, of the whole system')
    .option('--dry-run', 'only tell what would be written and deleted')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma restore latest --to /mnt/new',
        'redoma restore 1f3a9c2e:/etc/ssh --to /tmp/ssh --dry-run',
        'redoma restore latest:/etc --to /etc --delete --dry-run',
        'redoma restore latest:/db/shop.dump --into shop_restored',
        'redoma restore --repository /media/nas/system --password-file F latest --source etc --to DIR',
        'redoma restore --repository s3:https://s3.example.com/copies/pam-1/system latest --to DIR',
      ),
    )
    .action(async (text: string, options: RestoreOptions) => {
      if (options.into !== undefined) {
        await restoreInto(context, text, { ...options, into: options.into })
        return
      }
      if (options.server !== undefined) throw new RedomaError('USAGE', '--server goes with --into only')
      const { to } = options
      if (to === undefined) {
        throw new RedomaError('USAGE', 'where to?', {
          hint: '--to FOLDER, or --into DATABASE for a dump of one: redoma restore --help',
        })
      }
      const begun = context.clock.now().getTime()
      const { snapshot, path } = parseSnapshotPath(text)
      await using places = await placesToRead(context, options)
      const { access, id } = await findCopy(context, places, { snapshot, ...meant(context, options) })
      const entries: RestoreEntry[] = []
      const onEntry = (entry: RestoreEntry): void => {
        if (options.json) entries.push(entry)
        else if (entry.action !== 'keep') context.terminal.print(entryLine(context, entry))
      }
      const request = {
        snapshot: id,
        path,
        target: resolve(to),
        include: options.include ?? [],
        exclude: options.exclude ?? [],
        overwrite: options.overwrite,
        deletes: deletesOf(options),
        dryRun: options.dryRun === true,
        onEntry,
      }
      if (!request.dryRun && (await isAnythingIn(request.target)))
        await places.requireSecondPerson?.(restoreOver(id, request), context.signal)
      const restored = await restoring()
      show(context, restored, entries, { ...options, to }, context.clock.now().getTime() - begun)

      async function restoring(): Promise<RestoredSystem> {
        using bar = startProgressBar(context.terminal, context.clock)
        return await context.services.restoreSystem(access, request, bar.progress, context.signal)
      }
    })
}

function deletesOf(options: RestoreOptions): Deletes {
  if (options.delete !== true) return 'nothing'
  return options.deleteBelowRoot === true ? 'extra, even of all below /' : 'extra'
}

function entryLine({ terminal }: Context, { action, path, bytes }: RestoreEntry): string {
  const { green, red, dim } = terminal.style
  const word = action === 'delete' ? red('delete') : green('write ')
  return `${word} ${printable(path)}  ${dim(formatBytes(bytes))}`
}

const problemsShown = 20

function show(
  context: Context,
  restored: RestoredSystem,
  entries: readonly RestoreEntry[],
  options: RestoreOptions & { readonly to: string },
  tookMs: number,
): void {
  const { terminal } = context
  const { snapshot, problems, ...figures } = restored
  if (problems.length > 0) context.finish(exitCodes.warnings)
  if (options.json) {
    const planned = options.dryRun ? { entries } : {}
    terminal.printJson({
      snapshot: snapshotJson(snapshot),
      to: resolve(options.to),
      ...figures,
      problems,
      ...planned,
    })
    return
  }
  const { green, yellow, dim } = terminal.style
  const done = `${count(restored.files, 'file')}, ${formatBytes(restored.bytes)}`
  const whose = snapshot.hostname === undefined ? '' : ` of ${printable(snapshot.hostname)}`
  const from = `snapshot ${snapshot.id.slice(0, 8)}${whose}, ${formatTime(timeOf(snapshot))}`
  const to = printable(resolve(options.to))
  terminal.print(
    options.dryRun
      ? `${dim('·')} Would restore ${done} to ${to}`
      : `${problems.length === 0 ? green('✓') : yellow('!')} Restored and verified ${done} in ${formatSpan(tookMs)} to ${to}`,
  )
  const details = detailsOf(restored, options.dryRun === true)
  terminal.print(dim(`  ${from}`), ...(details === '' ? [] : [dim(`  ${details}`)]))
  for (const { path, message } of problems.slice(0, problemsShown)) {
    terminal.note(`${yellow('warning:')} ${printable(path)}: ${printable(message)}`)
  }
  if (problems.length > problemsShown)
    terminal.note(`… and ${count(problems.length - problemsShown, 'more')}`)
}

function detailsOf(restored: RestoredSystem, dryRun: boolean): string {
  const { files, unchanged, left, deleted, fetchedBytes } = restored
  return [
    unchanged > 0 && `${(files - unchanged).toLocaleString('en-US')} ${dryRun ? 'to be written' : 'written'}`,
    unchanged > 0 && `${unchanged.toLocaleString('en-US')} unchanged`,
    left > 0 && `${left.toLocaleString('en-US')} left as they are`,
    deleted > 0 && `${deleted.toLocaleString('en-US')} ${dryRun ? 'to be deleted' : 'deleted'}`,
    !dryRun && `${formatBytes(fetchedBytes)} fetched`,
  ]
    .filter((part) => part !== false)
    .join(', ')
}
