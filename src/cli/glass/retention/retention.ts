import type { Command } from 'commander'
import { RedomaError } from '../../../core/errors.ts'
import { formatSpan } from '../../../core/retention/calendar-span.ts'
import type { RetentionPolicy, RetentionRule } from '../../../core/retention/policy.ts'
import { parsePolicy } from '../../backup/retention-rules.ts'
import type { Context } from '../../context.ts'
import { example } from '../../help.ts'
import { printable } from '../../printable.ts'
import type { OpenInstance } from '../../services.ts'
import { facts } from '../../table.ts'
import { addKeepOptions, type BundleKeepOptions } from './keep-options.ts'

interface RetentionOptions extends BundleKeepOptions {
  readonly at?: readonly string[]
  readonly none?: true
  readonly unset?: true
  readonly json?: true
}

export function defineGlassRetention(group: Command, context: Context): void {
  const command = group
    .command('retention')
    .description('show or set how long bundles are kept; each backup applies it after its bundle is proven')
  addKeepOptions(command)
    .option('--at <destination...>', 'of these destinations, and not of all that have none of their own')
    .option('--none', 'keep all bundles')
    .option('--unset', 'forget what was set')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      example('redoma glass retention --keep-last 10 --keep-daily 14 --keep-weekly 8 --keep-monthly 12'),
    )
    .action(async (options: RetentionOptions) => {
      const policy = parsePolicy(options)
      const asked = [policy.length > 0, options.none === true, options.unset === true].filter(Boolean)
      if (asked.length > 1) throw new RedomaError('USAGE', 'rules, --none or --unset: one of them')
      await using instance = await context.services.openInstance()
      if (asked.length === 1) {
        await set(context, instance, options.at, options.unset === true ? undefined : policy)
      }
      await show(context, instance, options.json === true)
    })
}

async function set(
  { signal }: Context,
  instance: OpenInstance,
  names: readonly string[] | undefined,
  policy: RetentionPolicy | undefined,
): Promise<void> {
  if (names === undefined) {
    await instance.setBundleRetention(undefined, policy, signal)
    return
  }
  for (const { record } of await instance.targets(names))
    await instance.setBundleRetention(record, policy, signal)
}

async function show({ terminal }: Context, { catalogue }: OpenInstance, json: boolean): Promise<void> {
  const { bundleRetention, destinations } = catalogue
  const all = await bundleRetention.get('all')
  const own = await Array.fromAsync(await destinations.list(), async ({ id, name }) => {
    return { name, policy: await bundleRetention.get(id) }
  })
  if (json) {
    terminal.printJson({
      all: rulesOf(all),
      destinations: Object.fromEntries(own.map(({ name, policy }) => [name, rulesOf(policy)])),
    })
    return
  }
  const pairs = own.map(
    ({ name, policy }) => [printable(name), words(policy, words(all, 'all are kept'))] as const,
  )
  terminal.print(...facts([['all others', words(all, 'all are kept')], ...pairs], terminal.style))
}

function rulesOf(policy: RetentionPolicy | undefined): string[] | null {
  return policy === undefined ? null : policy.map(ruleWords)
}

function words(policy: RetentionPolicy | undefined, absent: string): string {
  if (policy === undefined) return absent
  return policy.length === 0 ? 'all are kept' : policy.map(ruleWords).join(' ')
}

function ruleWords(rule: RetentionRule): string {
  const number = (count: number): string => (count === Infinity ? 'unlimited' : String(count))
  switch (rule.kind) {
    case 'tags':
      return `--keep-tag ${rule.tags.join(',')}`
    case 'within':
      return `--keep-within ${formatSpan(rule.span)}`
    case 'last':
      return `--keep-last ${number(rule.count)}`
    case 'every':
      return `--keep-${rule.period} ${number(rule.count)}`
    case 'every-within':
      return `--keep-within-${rule.period} ${formatSpan(rule.span)}`
  }
}
