import { resolve } from 'node:path'
import type { RestoredDatabase } from '../../app/restore-into.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { formatBytes, formatSpan } from '../figures.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import { findCopy, meant } from './find-copy.ts'
import { parseSnapshotPath } from './snapshot-path.ts'
import { type LockOptions, type PlaceOptions, placesToRead } from './where-to-look.ts'

interface IntoOptions extends PlaceOptions, LockOptions {
  readonly into: string
  readonly to?: string
  readonly server?: string
  readonly source?: string
  readonly host?: string
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly overwrite: string
  readonly delete?: true
  readonly deleteBelowRoot?: true
  readonly dryRun?: true
  readonly json?: true
}

/** A dump in a system backup goes back into a database. */
export async function restoreInto(context: Context, text: string, options: IntoOptions): Promise<void> {
  refuseForeign(options)
  const { clock, services, signal, terminal } = context
  const begun = clock.now().getTime()
  const { snapshot, path } = parseSnapshotPath(text)
  const source = options.source ?? path?.split('/')[1]
  const server = options.server ?? source
  if (server === undefined) {
    throw new RedomaError('USAGE', 'which database?', {
      hint: 'redoma restore latest --source NAME --into DATABASE, or latest:/NAME/DATABASE.dump',
    })
  }
  await using places = await placesToRead(context, options)
  const wanted = { snapshot, ...meant(context, { ...options, ...(source === undefined ? {} : { source }) }) }
  const { access, id } = await findCopy(context, places, wanted)
  await using instance = await services.openInstance()
  const isFile = (await instance.catalogue.sources.list()).some(
    ({ name, spec }) => name === server && spec.kind === 'sqlite',
  )
  const database = isFile ? resolve(options.into) : options.into
  const request = { snapshot: id, path, database, server, dryRun: options.dryRun === true }
  const restored = await restoring()
  show(restored)

  async function restoring(): Promise<RestoredDatabase> {
    using bar = startProgressBar(terminal, clock)
    return await instance.restoreInto(access, request, bar.progress, signal)
  }

  function show({ path: from, bytes }: RestoredDatabase): void {
    if (options.json) {
      terminal.printJson({ ...request, path: from, bytes })
      return
    }
    const { green, dim } = terminal.style
    const what = `${printable(from)} (${formatBytes(bytes)})`
    const to = isFile ? printable(database) : `${printable(database)} at ${printable(request.server)}`
    terminal.print(
      request.dryRun
        ? `${dim('·')} Would restore ${what} into ${to}`
        : `${green('✓')} Restored ${what} into ${to} in ${formatSpan(clock.now().getTime() - begun)}`,
      dim(`  snapshot ${id.slice(0, 8)}`),
    )
  }
}

/** An option that is silently ignored is a promise that is not kept. */
function refuseForeign(options: IntoOptions): void {
  if (options.to !== undefined)
    throw new RedomaError('USAGE', 'it is either --to a folder or --into a database')
  const ofFiles = ['include', 'exclude', 'delete', 'deleteBelowRoot'] as const
  if (ofFiles.some((name) => options[name] !== undefined) || options.overwrite !== 'always') {
    throw new RedomaError(
      'USAGE',
      '--include, --exclude, --overwrite and --delete are for files, and do not go with --into',
      { hint: 'A database is restored whole, into a new one.' },
    )
  }
  if (options.repository === undefined) return
  throw new RedomaError('USAGE', '--into needs the instance, which knows the server', {
    hint: 'Without it: redoma backup cat --repository … latest:/NAME/DATABASE.dump | pg_restore -d DATABASE',
  })
}
