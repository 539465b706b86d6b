import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { RepairRepository } from '../../app/repair-repository.ts'
import type { Target } from '../../app/target.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Progress } from '../../ports/progress.ts'
import { textOfPath } from '../../repository/browsing/tree-entry.ts'
import { isId } from '../../repository/ids.ts'
import type { PackRepair } from '../../repository/repairing/repair-packs.ts'
import type { RepairedSnapshot } from '../../repository/repairing/repair-snapshots.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { count, formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { parseSpan } from '../parse.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'

interface RepairOptions {
  readonly at?: string
  readonly retryLock: string
  readonly dryRun?: true
  readonly json?: true
}

const procedure = `
What to do when redoma backup verify finds damage, in this order:
  1. redoma backup repair packs       takes damaged packs out, and saves what is whole of them
  2. redoma backup repair index       makes the indexes say what the packs hold
  3. redoma backup create             what is still on this machine is backed up again, and heals older snapshots
  4. redoma backup repair snapshots   makes new snapshots without what is lost for good, and lists it
  5. redoma backup verify --read-data
Nothing is removed before what takes its place is safely there, and what was read of damaged packs is kept. With --dry-run
each says what it would do. If the disk itself is failing, copy the whole destination to another one first.`

export function defineBackupRepair(group: Command, context: Context): void {
  const repair = group
    .command('repair')
    .description('repair the repository of system backups at a destination')
    .addHelpText('after', `${procedure}\n${example('redoma backup repair index --at nas --dry-run')}`)
  defineIndex(repair, context)
  definePacks(repair, context)
  defineSnapshots(repair, context)
}

function defineIndex(repair: Command, context: Context): void {
  common(repair.command('index').description('make the indexes say what the packs hold'))
    .option('--read-all-packs', 'trust no index, and read the header of every pack')
    .addHelpText('after', example('redoma backup repair index --at nas --dry-run'))
    .action(async (options: RepairOptions & { readonly readAllPacks?: true }) => {
      const dryRun = options.dryRun === true
      const result = await repairing(context, options, (use, target, progress) =>
        use.index(target, { readAllPacks: options.readAllPacks === true, dryRun }, progress, context.signal),
      )
      const { damagedIndexes, replacedIndexes, writtenIndexes, packsGone, packsRead, packsUnreadable } =
        result
      say(context, options, result, [
        replacedIndexes + writtenIndexes === 0
          ? 'The indexes say what the packs hold: nothing to repair.'
          : `${done(dryRun, 'Replaced')} ${count(replacedIndexes, 'index', 'indexes')}, ${damagedIndexes.length} of them damaged, by ${count(writtenIndexes, 'new one')}.`,
        ...(packsRead.length === 0
          ? []
          : [`${count(packsRead.length, 'pack')} described by their own headers.`]),
        ...packsGone.map((pack) => `  data/${pack}: named by an index, and gone`),
        ...packsUnreadable.map(({ pack, message }) => `  data/${pack}: ${printable(message)}; left out`),
      ])
    })
}

function definePacks(repair: Command, context: Context): void {
  common(
    repair
      .command('packs')
      .description('take damaged packs out, and save what is whole of them')
      .argument('[pack...]', 'their ids, as verify names them; with none, all packs are read to find them'),
  )
    .option('--keep-in <folder>', "where to keep what was read of them, if not in the instance's folder")
    .addHelpText('after', example('redoma backup repair packs --at nas'))
    .action(async (packs: string[], options: RepairOptions & { readonly keepIn?: string }) => {
      const dryRun = options.dryRun === true
      const ids = packs.map(packId)
      const keepIn = options.keepIn === undefined ? undefined : resolve(options.keepIn)
      const result = await repairing(context, options, (use, target, progress) =>
        use.packs(target, { packs: ids, keepIn, dryRun }, progress, context.signal),
      )
      say(context, options, result, packLines(result, dryRun))
    })
}

function packLines({ packs, keptIn }: PackRepair & { readonly keptIn: string }, dryRun: boolean): string[] {
  if (packs.length === 0) return ['Every pack is whole: nothing to repair.']
  const isKept = dryRun || packs.some(({ kept }) => kept.length > 0)
  return [
    `${done(dryRun, 'Removed')} ${count(packs.length, 'damaged pack')}:`,
    ...packs.map(
      ({ pack, saved, damaged }) =>
        `  data/${pack}: ${count(saved, 'blob')} saved, ${damaged.length} damaged`,
    ),
    ...(isKept ? [`${done(dryRun, 'Kept')} what was read of them in ${printable(keptIn)}`] : []),
    ...packs.flatMap(({ kept }) => kept.map((path) => `  ${printable(path)}`)),
  ]
}

function defineSnapshots(repair: Command, context: Context): void {
  common(
    repair
      .command('snapshots')
      .description('make new snapshots of damaged ones, without what is lost, and list that'),
  )
    .option(
      '--forget',
      'remove damaged snapshots when the new ones are safely there, and files that nothing can be read of',
    )
    .addHelpText('after', example('redoma backup repair snapshots --dry-run'))
    .action(async (options: RepairOptions & { readonly forget?: true }) => {
      const dryRun = options.dryRun === true
      const forget = options.forget === true
      const result = await repairing(context, options, (use, target, progress) =>
        use.snapshots(target, { forget, dryRun }, progress, context.signal),
      )
      const lines = result.flatMap((one) => snapshotLines(one, { dryRun, forget }))
      say(
        context,
        options,
        result.map(snapshotJson),
        lines.length === 0 ? ['Every snapshot has all that it needs: nothing to repair.'] : lines,
      )
      if (result.length > 0) context.finish(exitCodes.warnings)
    })
}

function common(command: Command): Command {
  return command
    .option('--at <destination>', 'where; needed where there are several destinations')
    .option('--retry-lock <span>', 'how long to wait for others who work on a repository', '1m')
    .option('-n, --dry-run', 'say what would be done, and do nothing')
    .option('--json', 'print the report as JSON')
}

async function repairing<T>(
  context: Context,
  { at, retryLock }: RepairOptions,
  work: (use: RepairRepository, target: Target, progress: Progress) => Promise<T>,
): Promise<T> {
  const patienceMs = parseSpan(retryLock)
  await using instance = await context.services.openInstance()
  const [target, second] = await instance.repositoryTargets(at === undefined ? [] : [at])
  if (target === undefined) throw new RedomaError('NOT_FOUND', 'there is no destination yet')
  if (second !== undefined) {
    throw new RedomaError('USAGE', 'there are several destinations', { hint: 'Say which: --at NAME' })
  }
  using bar = startProgressBar(context.terminal, context.clock)
  return await work(await instance.repairRepository(patienceMs), target, bar.progress)
}

function say({ terminal }: Context, { json, dryRun }: RepairOptions, result: unknown, lines: string[]): void {
  if (json) terminal.printJson(result)
  else terminal.print(...lines, ...(dryRun ? [terminal.style.dim('A dry run: nothing was changed.')] : []))
}

function done(dryRun: boolean, word: 'Replaced' | 'Removed' | 'Kept'): string {
  return dryRun ? `Would have ${word.toLowerCase()}` : word
}

/** @throws RedomaError `USAGE` */
function packId(text: string): string {
  const id = text.replace(/^data\//, '')
  if (isId(id)) return id
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not the id of a pack`, {
    hint: 'Ids have 64 hexadecimal digits, as redoma backup verify names them.',
  })
}

function snapshotLines(
  repaired: RepairedSnapshot,
  { dryRun, forget }: { readonly dryRun: boolean; readonly forget: boolean },
): string[] {
  const id = repaired.snapshot.id.slice(0, 8)
  if (repaired.kind === 'lost') return [`${id}: nothing of it can be read any more`]
  if (repaired.kind === 'unknown-form') return [`${id}: a newer program wrote it: left alone`]
  if (repaired.kind === 'unreadable') {
    const fate = !forget ? '--forget removes it' : dryRun ? 'would be removed' : 'removed'
    return [`snapshots/${repaired.snapshot.id}: the file is damaged, nothing can be read of it: ${fate}`]
  }
  const { losses } = repaired
  const bytes = losses.reduce((sum, { bytesLost }) => sum + bytesLost, 0)
  const instead = dryRun ? '' : ` → ${repaired.id?.slice(0, 8) ?? ''}`
  return [
    `${id}${instead}: ${count(losses.length, 'loss', 'losses')}, ${formatBytes(bytes)}`,
    ...losses.map(
      ({ path, message, bytesLost }) =>
        `  ${printable(textOfPath(path) || '/')}: ${printable(message)}${bytesLost > 0 ? ` (${formatBytes(bytesLost)})` : ''}`,
    ),
  ]
}

function snapshotJson(repaired: RepairedSnapshot): object {
  if (repaired.kind !== 'repaired') return { state: repaired.kind, snapshot: repaired.snapshot.id }
  const losses = repaired.losses.map(({ path, ...loss }) => ({ path: textOfPath(path) || '/', ...loss }))
  return { state: 'repaired', snapshot: repaired.snapshot.id, repairedSnapshot: repaired.id, losses }
}
