import type { Command } from 'commander'
import { agreeOnNamed } from '../../app/agree-on-named.ts'
import type { ForgetPlan } from '../../app/plan-forget.ts'
import type { Target } from '../../app/target.ts'
import type { ObjectId } from '../../repository/ids.ts'
import type { PruneFigures } from '../../repository/pruning/plan-prune.ts'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { count } from '../figures.ts'
import { example } from '../help.ts'
import { parseSpan } from '../parse.ts'
import { startProgressBar } from '../progress-bar.ts'
import { warnOfDamaged } from '../restore/warn-of-damaged.ts'
import type { OpenInstance } from '../services.ts'
import type { Style } from '../style.ts'
import { type AtEach, atEach, failedJson, finishFailed } from './at-each.ts'
import { type ForgetWords, parseForgetChoice } from './forget-choice.ts'
import { forgetJson } from './forget-json.ts'
import { forgetLines } from './forget-lines.ts'
import { pruneLines } from './prune-lines.ts'
import { type PruneWords, parsePruneOptions } from './prune-options.ts'

interface ForgetOptions extends ForgetWords, PruneWords {
  readonly prune?: true
  readonly dryRun?: true
  readonly yes?: true
  readonly at?: readonly string[]
  readonly retryLock: string
  readonly json?: true
}

export function defineBackupForget(group: Command, context: Context): void {
  group
    .command('forget')
    .description('remove old system backups by rules, or some by their ids; what any rule keeps, stays')
    .argument('[snapshot...]', 'the beginnings of ids: just these go, whatever the rules')
    .option('--keep-last <n>', 'keep the newest n (or: unlimited)')
    .option('--keep-hourly <n>', 'keep the newest of each of the last n hours that have any')
    .option('--keep-daily <n>', 'the same of days')
    .option('--keep-weekly <n>', 'of ISO weeks')
    .option('--keep-monthly <n>', 'of months')
    .option('--keep-yearly <n>', 'of years')
    .option('--keep-within <span>', 'keep what is younger than this, such as 1y5m7d2h, seen from the newest')
    .option('--keep-within-hourly <span>', 'keep the newest of each hour that is younger than this')
    .option('--keep-within-daily <span>', 'the same of days')
    .option('--keep-within-weekly <span>', 'of ISO weeks')
    .option('--keep-within-monthly <span>', 'of months')
    .option('--keep-within-yearly <span>', 'of years')
    .option('--keep-tag <tags...>', 'keep what has this tag, or all of a,b')
    .option(
      '--group-by <what>',
      'apply the rules to each host, source, paths or tags by itself',
      'host,source',
    )
    .option('--source <name...>', 'of these sources only')
    .option('--host <name...>', 'of these hosts, and not of this one')
    .option('--all-hosts', 'of all hosts that share the repository')
    .option('--tag <tags...>', 'only what has this tag, or all of a,b')
    .option('--allow-emptied', 'also when nothing of a host and source would stay')
    .option('--prune', 'free the space that nothing needs any more')
    .option(
      '--max-unused <limit>',
      'with --prune: leave so much unused, as 5%, 2G or unlimited (default: 5%)',
    )
    .option('--max-repack-size <size>', 'with --prune: write no more than this anew')
    .option('-n, --dry-run', 'only show what would go')
    .option('-y, --yes', 'do not ask')
    .option('--at <destination...>', 'at these destinations only')
    .option('--retry-lock <span>', 'how long to wait for others who work on a repository', '1m')
    .option('--json', 'print what was decided, and done, as JSON')
    .addHelpText(
      'after',
      example(
        'redoma backup forget --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --dry-run',
        'redoma backup forget --keep-within-daily 14d --keep-yearly 10 --prune --yes',
        'redoma backup forget 4f3c2b1a --at nas',
      ),
    )
    .action(async (snapshots: readonly string[], options: ForgetOptions) => {
      const choice = parseForgetChoice(snapshots, options, context.services.hostName)
      const patienceMs = parseSpan(options.retryLock)
      await using instance = await context.services.openInstance()
      const targets = await instance.repositoryTargets(options.at ?? [])
      const planAt = (target: Target): Promise<ForgetPlan> =>
        instance.planForget(target, choice, patienceMs, context.signal)
      // What is named may be at one destination only: all are asked before anything is removed.
      const planned = choice.kind === 'named' ? await planNamed(context, targets, planAt) : undefined
      const { done, failed } = await atEach(
        context,
        planned === undefined ? targets : [...planned.done.keys()],
        async (target) => {
          const plan = planned?.done.get(target) ?? (await planAt(target))
          return await forgetAt(context, instance, target, plan, { ...options, patienceMs })
        },
      )
      const allFailed = [...(planned?.failed ?? []), ...failed]
      if (options.json) context.terminal.printJson([...done.values(), ...allFailed.map(failedJson)])
      finishFailed(context, allFailed)
    })
}

/** @throws RedomaError `AMBIGUOUS`, `NOT_FOUND` for what no destination has, and those of planning at the only one */
async function planNamed(
  context: Context,
  targets: readonly Target[],
  planAt: (target: Target) => Promise<ForgetPlan>,
): Promise<AtEach<ForgetPlan>> {
  const planned = await atEach(context, targets, planAt)
  agreeOnNamed(
    new Map([...planned.done].map(([{ record }, plan]) => [record.name, plan])),
    planned.failed.map(({ destination }) => destination),
  )
  return planned
}

async function forgetAt(
  context: Context,
  instance: OpenInstance,
  target: Target,
  plan: ForgetPlan,
  options: ForgetOptions & { readonly patienceMs: number },
): Promise<object> {
  const { terminal, signal } = context
  const at = target.record.name
  const dryRun = options.dryRun === true
  if (!options.json) terminal.print(...forgetLines(at, plan, terminal.style))
  warnOfStaying(context, at, plan)
  const snapshots = goingOf(plan)
  const question = `Remove ${count(snapshots.length, 'snapshot')} at ${at} for ever?`
  if (!dryRun && snapshots.length > 0 && !(await confirm(terminal, question, options.yes === true))) {
    context.finish(exitCodes.failed)
    return forgetJson(at, plan, 'declined', undefined)
  }
  const prune = options.prune ? parsePruneOptions(options) : undefined
  const { pruned } = await carryOut()
  if (!dryRun) instance.log.info('snapshots forgotten', { destination: at, snapshots: snapshots.length })
  if (!options.json) terminal.print(...endLines(snapshots.length, dryRun, pruned, terminal.style))
  return forgetJson(at, plan, dryRun ? 'dry-run' : 'done', pruned)

  async function carryOut(): ReturnType<OpenInstance['forgetSnapshots']> {
    using bar = startProgressBar(terminal, context.clock)
    const request = { snapshots, prune, dryRun, patienceMs: options.patienceMs }
    return await instance.forgetSnapshots(target, request, bar.progress, signal)
  }
}

function warnOfStaying(context: Context, at: string, { damaged }: ForgetPlan): void {
  const staying = damaged.flatMap(({ kind, snapshot }) => (kind === 'stays' ? [snapshot] : []))
  warnOfDamaged(context, at, staying, 'no rule touches it. To remove it, name it: redoma backup forget ID')
  if (staying.length > 0) context.finish(exitCodes.warnings)
}

function goingOf({ groups, damaged }: ForgetPlan): ObjectId[] {
  const verdicts = [...groups.flatMap((group) => group.verdicts), ...damaged]
  return verdicts.filter(({ kind }) => kind === 'goes').map(({ snapshot }) => snapshot.id)
}

function endLines(going: number, dryRun: boolean, pruned: PruneFigures | undefined, style: Style): string[] {
  const what = count(going, 'snapshot')
  const done = dryRun ? `${what} would go; nothing was changed.` : `${style.green('✓')} ${what} removed.`
  if (pruned !== undefined) return [done, ...pruneLines(pruned, dryRun, style)]
  return going === 0 || dryRun ? [done] : [done, style.dim('The space is free after: redoma backup prune')]
}
