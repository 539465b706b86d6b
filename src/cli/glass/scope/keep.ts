import { type Command, Option } from 'commander'
import type { KeptScope, ScopeChanges } from '../../../app/scopes/keep-scope.ts'
import { RedomaError } from '../../../core/errors.ts'
import type { Context } from '../../context.ts'
import { example } from '../../help.ts'
import { named } from '../../named.ts'
import { startProgressBar } from '../../progress-bar.ts'
import type { OpenInstance } from '../../services.ts'
import { planJson, planLines } from './plan-lines.ts'

interface KeepOptions {
  readonly folder?: string[]
  readonly tag?: string[]
  readonly owner?: string[]
  readonly exclusive?: true
  readonly shared?: true
  readonly ownKey?: true
  readonly instanceKey?: true
  readonly allowEmpty?: true
  readonly dryRun?: true
  readonly json?: true
}

export function defineScopeAdd(group: Command, context: Context): void {
  withSelection(
    group
      .command('add')
      .description('give a part of the vault bundles of its own, from the next backup on')
      .argument('<name>', 'what to call it, and its folder at every destination'),
  )
    .addHelpText(
      'after',
      example(
        'redoma glass scope add network --folder network --tag router --dry-run',
        'redoma glass scope add finance --owner "Ana Lima" --exclusive --own-key',
      ),
    )
    .action(async (name: string, options: KeepOptions) => {
      await using instance = await context.services.openInstance()
      await keep(context, instance, 'add', name, options)
    })
}

export function defineScopeEdit(group: Command, context: Context): void {
  withSelection(
    group
      .command('edit')
      .description('change what a scope takes in; what is not named stays')
      .argument('<name>'),
  )
    .addHelpText(
      'after',
      example(
        'redoma glass scope edit network --folder network branches/porto',
        'redoma glass scope edit network --tag ""',
        'redoma glass scope edit finance --shared',
      ),
    )
    .action(async (name: string, options: KeepOptions) => {
      if (Object.values(changesOf(options)).every((change) => change === undefined)) {
        throw new RedomaError('USAGE', 'nothing is to be changed', {
          hint: 'Add --folder, --tag, --owner, --exclusive, --shared, --own-key or --instance-key.',
        })
      }
      await using instance = await context.services.openInstance()
      await named('scope', name, instance.catalogue.scopes)
      await keep(context, instance, 'edit', name, options)
    })
}

function withSelection(command: Command): Command {
  return command
    .option('--folder <path...>', 'what is filed there, and below')
    .option('--tag <tag...>', 'what has one of these tags')
    .option('--owner <name...>', 'what belongs to one of these')
    .addOption(
      new Option('--exclusive', 'leave what it takes in out of the bundle of the whole vault').conflicts(
        'shared',
      ),
    )
    .option('--shared', 'have it in the bundle of the whole vault, too (the default)')
    .addOption(
      new Option(
        '--own-key',
        'seal its bundles to a recovery key of its own, and to nothing before it has one',
      ).conflicts('instanceKey'),
    )
    .option('--instance-key', 'seal its bundles to the recovery key of the whole vault (the default)')
    .option('--allow-empty', 'take also a folder, tag or owner that no credential has yet')
    .option('-n, --dry-run', 'change nothing, only say which credentials it takes in now')
    .option('--json', 'print the result as JSON')
}

/** An empty word takes all of its kind away. */
function changesOf({
  folder,
  tag,
  owner,
  exclusive,
  shared,
  ownKey,
  instanceKey,
}: KeepOptions): ScopeChanges {
  const words = (given: readonly string[] | undefined) => given?.filter((one) => one !== '')
  const hasOwnKey = ownKey ? true : instanceKey ? false : undefined
  const isExclusive = exclusive ? true : shared ? false : undefined
  return { folders: words(folder), tags: words(tag), owners: words(owner), isExclusive, hasOwnKey }
}

async function keep(
  { terminal, clock, signal }: Context,
  instance: OpenInstance,
  what: 'add' | 'edit',
  name: string,
  options: KeepOptions,
): Promise<void> {
  const dryRun = options.dryRun === true
  const request = { name, changes: changesOf(options), allowEmpty: options.allowEmpty === true, dryRun }
  const kept = await done()
  if (!dryRun) instance.log.info(what === 'add' ? 'scope added' : 'scope changed', { scope: name })
  if (options.json) terminal.printJson({ dryRun, ...planJson(kept) })
  else {
    const { green } = terminal.style
    const end = dryRun
      ? ['Nothing was changed.']
      : [`${green('✓')} ${name} has bundles of its own from the next backup on.`, ...(await ceremonyLines())]
    terminal.print(...planLines(kept, dryRun, terminal.style), ...end)
  }

  async function ceremonyLines(): Promise<string[]> {
    if (!kept.scope.hasOwnKey || (await instance.catalogue.generations.current(name)) !== undefined) return []
    return [
      `They need a recovery key of its own first: redoma glass ceremony --scope ${name} --out DIR`,
      'Until then what it takes in is in the bundle of the whole vault alone.',
    ]
  }

  async function done(): Promise<KeptScope> {
    using bar = startProgressBar(terminal, clock)
    const work = what === 'add' ? instance.addScope : instance.editScope
    return await work(request, bar.progress, signal)
  }
}
