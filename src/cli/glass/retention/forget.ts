import type { Command } from 'commander'
import type { ForgetBundlesPlan } from '../../../app/bundles/plan-forget-bundles.ts'
import { chooseScope } from '../../../app/scopes/choose-scope.ts'
import type { Target } from '../../../app/target.ts'
import { RedomaError } from '../../../core/errors.ts'
import type { RetentionPolicy } from '../../../core/retention/policy.ts'
import { confirm } from '../../ask.ts'
import { atEach, failedJson, finishFailed } from '../../backup/at-each.ts'
import { parsePolicy } from '../../backup/retention-rules.ts'
import type { Context } from '../../context.ts'
import { exitCodes } from '../../exit-codes.ts'
import { count, formatTime } from '../../figures.ts'
import { example } from '../../help.ts'
import { printable } from '../../printable.ts'
import type { OpenInstance } from '../../services.ts'
import type { Style } from '../../style.ts'
import { table } from '../../table.ts'
import { addKeepOptions, type BundleKeepOptions } from './keep-options.ts'

interface ForgetOptions extends BundleKeepOptions {
  readonly at?: readonly string[]
  readonly scope?: string
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

export function defineGlassForget(group: Command, context: Context): void {
  const command = group
    .command('forget')
    .description('remove old bundles by rules; what any rule keeps, stays, and the newest always does')
  addKeepOptions(command)
    .option('--at <destination...>', 'at these destinations only')
    .option('--scope <name>', 'bundles of this scope only; whole: only those of the whole vault')
    .option('-n, --dry-run', 'only show what would go')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print what was decided, and done, as JSON')
    .addHelpText(
      'after',
      example(
        'redoma glass forget --keep-daily 14 --keep-weekly 8 --keep-monthly 12 --dry-run',
        'redoma glass forget                    # by the rules of redoma glass retention',
      ),
    )
    .action(async (options: ForgetOptions) => {
      const given = parsePolicy(options)
      await using instance = await context.services.openInstance()
      const scope = await chooseScope(instance.catalogue, options.scope)
      const targets = await instance.targets(options.at ?? [])
      const { done, failed } = await atEach(context, targets, async (target) => {
        const policy = given.length > 0 ? given : await policyOf(instance, target)
        const plan = await instance.planForgetBundles(target, policy, context.signal, scope)
        return await forgetAt(context, instance, target, plan, options)
      })
      if (options.dryRun !== true) await instance.forgetGoneContents()
      if (options.json) context.terminal.printJson([...done.values(), ...failed.map(failedJson)])
      finishFailed(context, failed)
    })
}

async function policyOf({ catalogue }: OpenInstance, { record }: Target): Promise<RetentionPolicy> {
  const policy = await catalogue.bundleRetention.effective(record.id)
  if (policy !== undefined && policy.length > 0) return policy
  throw new RedomaError('USAGE', `there is no rule for ${record.name}: nothing was removed there`, {
    hint: 'Give at least one, such as --keep-daily 14, or set some: redoma glass retention --help',
  })
}

async function forgetAt(
  context: Context,
  instance: OpenInstance,
  target: Target,
  plan: ForgetBundlesPlan,
  options: ForgetOptions,
): Promise<object> {
  const { terminal, signal } = context
  const at = target.record.name
  const going = plan.verdicts.filter(({ kind }) => kind === 'goes').length + plan.leftovers.length
  if (!options.json) terminal.print(...planLines(at, plan, terminal.style))
  if (plan.refusal !== undefined) return planJson(at, plan, 'refused', 0)
  if (options.dryRun || going === 0) {
    if (!options.json) terminal.print(`${count(going, 'bundle')} would go; nothing was changed.`)
    return planJson(at, plan, 'dry-run', 0)
  }
  const question = `Remove ${count(going, 'bundle')} at ${at} for ever?`
  if (!(await confirm(terminal, question, options.yes === true))) {
    context.finish(exitCodes.failed)
    return planJson(at, plan, 'declined', 0)
  }
  const { removed, warnings } = await instance.forgetBundles(target, plan, signal)
  instance.log.info('bundles forgotten', { destination: at, bundles: removed })
  for (const warning of warnings)
    terminal.note(`${terminal.noteStyle.yellow('warning:')} ${printable(warning)}`)
  if (warnings.length > 0) context.finish(exitCodes.warnings)
  if (!options.json)
    terminal.print(`${terminal.style.green('✓')} ${count(removed, 'bundle')} removed at ${at}.`)
  return planJson(at, plan, 'done', removed)
}

function planLines(at: string, { verdicts, leftovers, refusal }: ForgetBundlesPlan, style: Style): string[] {
  const columns = ['BUNDLE', 'MADE', 'FATE', 'WHY'].map((title) => ({ title }))
  const rows = verdicts.map(({ kind, scope, sequence, time, isDoubtful, reasons }) => {
    const fate = kind === 'goes' ? style.red(kind) : style.green(kind)
    const name = `${scope} ${sequence}${isDoubtful ? ', in doubt' : ''}`.trim()
    return [name, formatTime(time), fate, style.dim(reasons.join(', '))]
  })
  return [
    style.bold(printable(at)),
    ...(rows.length === 0 ? ['  no bundle'] : table(columns, rows, style)),
    ...leftovers.map(({ object }) => `${printable(object)} was to go before, and still lies there`),
    ...(refusal === undefined ? [] : [`${style.yellow('–')} nothing can be removed there: ${refusal}`]),
  ]
}

function planJson(
  destination: string,
  { verdicts, leftovers, refusal }: ForgetBundlesPlan,
  state: 'dry-run' | 'declined' | 'done' | 'refused',
  removed: number,
): object {
  return {
    destination,
    state,
    removed,
    bundles: verdicts.map(({ kind, entry, scope, sequence, time, isDoubtful, reasons }) => {
      const { object } = entry
      return { fate: kind, scope, sequence, time: time.toISOString(), object, isDoubtful, reasons }
    }),
    leftovers: leftovers.map(({ object }) => object),
    refusal,
  }
}
