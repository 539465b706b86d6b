import { resolve } from 'node:path'
import type { Command } from 'commander'
import { planRewrap, type Rewrappable } from '../../app/rewrap/plan-rewrap.ts'
import type { RewrapResult } from '../../app/rewrap/rewrap.ts'
import type { Target } from '../../app/target.ts'
import { onlyWrittenTo } from '../../app/write-only.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Generation } from '../../ports/catalogue.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import { confirm } from '../ask.ts'
import { atEach, failedJson, finishFailed } from '../backup/at-each.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { count } from '../figures.ts'
import { example } from '../help.ts'
import { askIdentities } from '../identities/ask-identities.ts'
import { addIdentityOptions, type IdentityOptions } from '../identities/identity-options.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { OpenInstance } from '../services.ts'
import { currentKey } from './current-key.ts'

interface RewrapOptions extends IdentityOptions {
  readonly scope?: string
  readonly at?: readonly string[]
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

export function defineGlassRewrap(group: Command, context: Context): void {
  const command = group
    .command('rewrap')
    .description(
      'let the present recovery key open what was sealed to a former one: new headers, the same payload',
    )
  addIdentityOptions(command, context)
    .option('--scope <name>', 'the bundles of a scope that has a key of its own, to its present one')
    .option('--at <destination...>', 'at these destinations only')
    .option('-n, --dry-run', 'only show how much there is; no key is needed')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      example(
        'redoma glass rewrap --dry-run',
        'redoma glass rewrap --identity identity.generation-1.password.age',
      ),
    )
    .action(async (options: RewrapOptions) => {
      await using instance = await context.services.openInstance()
      const generation = await currentKey(instance.catalogue, options.scope)
      const targets = await instance.targets(options.at ?? [])
      const identities = options.dryRun ? [] : await formerKeys(context, options)
      const { done, failed } = await atEach(context, targets, (target) =>
        rewrapAt(context, instance, target, generation, identities, options),
      )
      if (options.json) context.terminal.printJson([...done.values(), ...failed.map(failedJson)])
      finishFailed(context, failed)
    })
}

/** Every one that the password, or the shares, open: of one generation or of several. */
async function formerKeys({ terminal, signal }: Context, options: RewrapOptions): Promise<readonly Secret[]> {
  if (options.identity === undefined) {
    throw new RedomaError('USAGE', 'the former recovery key is needed: --identity FILE', {
      hint: 'At the destinations it is secrets/identity.generation-N.password.age, or .quorum.age.',
    })
  }
  return askIdentities({ terminal, signal }, options, { path: resolve(options.identity) })
}

async function rewrapAt(
  context: Context,
  instance: OpenInstance,
  target: Target,
  generation: Generation,
  identities: readonly Secret[],
  options: RewrapOptions,
): Promise<object> {
  const { terminal } = context
  const at = target.record.name
  if (isWriteOnly(target.record.spec)) throw onlyWrittenTo(target.record)
  const items = await planRewrap(instance.catalogue, target, generation, context.signal)
  const what = wordsOf(items)
  if (options.dryRun || items.length === 0) {
    if (!options.json) terminal.print(`${printable(at)}: ${what} of former recovery keys`)
    return { destination: at, state: 'dry-run', objects: items.map(({ object }) => object) }
  }
  const question = `Give ${what} at ${at} headers for generation ${generation.number} alone?`
  if (!(await confirm(terminal, question, options.yes === true))) {
    context.finish(exitCodes.failed)
    return { destination: at, state: 'declined' }
  }
  const result = await done()
  tell(context, at, generation, result, options.json === true)
  return { destination: at, state: 'done', generation: generation.number, ...result }

  async function done(): Promise<RewrapResult> {
    using bar = startProgressBar(terminal, context.clock)
    return await instance.rewrap(target, items, identities, bar.progress, context.signal, options.scope)
  }
}

function wordsOf(items: readonly Rewrappable[]): string {
  const bundles = items.filter(({ kind }) => kind === 'bundle').length
  return `${count(bundles, 'bundle')} and ${count(items.length - bundles, 'file')} of recordings`
}

function tell(
  context: Context,
  at: string,
  { number }: Generation,
  { rewrapped, found, problems, warnings }: RewrapResult,
  json: boolean,
): void {
  const { terminal } = context
  for (const warning of warnings)
    terminal.note(`${terminal.noteStyle.yellow('warning:')} ${printable(warning)}`)
  for (const { kind, object, message } of problems)
    terminal.note(`${terminal.noteStyle.red(`${kind}:`)} ${printable(object)}: ${printable(message)}`)
  if (!json) {
    const before = found === 0 ? '' : `, ${found} had it already`
    terminal.print(
      `${terminal.style.green('✓')} ${printable(at)}: generation ${number} opens ${count(rewrapped, 'more object')}${before}.`,
    )
  }
  if (problems.some(({ kind }) => kind !== 'another-key')) context.finish(exitCodes.damaged)
  else if (problems.length > 0) context.finish(exitCodes.keyWrong)
  else if (warnings.length > 0) context.finish(exitCodes.warnings)
}
