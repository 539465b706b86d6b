import type { Command } from 'commander'
import { RedomaError } from '../../../core/errors.ts'
import type { Catalogue } from '../../../ports/catalogue.ts'
import type { Guardian } from '../../../ports/guardian.ts'
import { confirm } from '../../ask.ts'
import type { Context } from '../../context.ts'
import { example } from '../../help.ts'
import { parseCount } from '../../parse.ts'
import { printable } from '../../printable.ts'
import { confirmGiving, warningOfAll } from './give-share.ts'
import { defineGuardianList } from './list.ts'
import { defineGuardianShow } from './show.ts'

interface FactOptions {
  readonly name?: string
  readonly mail?: string
  readonly note?: string
  readonly key?: string
  readonly share?: string
  readonly scope?: string
  readonly yes?: true
  readonly json?: true
}

export function defineGuardian(group: Command, context: Context): void {
  const guardian = group.command('guardian').description('who keeps the shares of the recovery key')
  defineAdd(guardian, context)
  defineGuardianList(guardian, context)
  defineGuardianShow(guardian, context)
  defineEdit(guardian, context)
  defineRemove(guardian, context)
}

function withFacts(command: Command): Command {
  return command
    .option('--mail <address>')
    .option('--note <text>', 'public: how to reach this person')
    .option('--key <key>', 'an age or SSH public key that shares are sealed to')
    .option('--share <number>', 'the share of the newest recovery key that this guardian keeps')
    .option('--scope <name>', 'the share is of the key of this scope, which has one of its own')
    .option('-y, --yes', 'do not ask before a share of another guardian is given to this one')
    .option('--json', 'print the result as JSON')
}

function factsOf({ mail, note, key, share, scope }: FactOptions) {
  if (scope !== undefined && share === undefined) {
    throw new RedomaError('USAGE', 'a scope is named with a share of its key: --share NUMBER')
  }
  const number = share === undefined ? undefined : parseCount(share, 1)
  return { mail, note, publicKey: key?.trim(), share: number, scope }
}

function defineAdd(group: Command, context: Context): void {
  withFacts(group.command('add').description('register a guardian').argument('<name>'))
    .addHelpText(
      'after',
      example(
        'redoma glass guardian add "Ana Lima" --mail ana@example.com --key age1…',
        'redoma glass guardian add Bruno --share 2',
      ),
    )
    .action(async (name: string, options: FactOptions) => {
      await using instance = await context.services.openInstance()
      const facts = factsOf(options)
      await confirmShare(context, instance.catalogue, name, facts.share, options)
      const guardian = await instance.addGuardian(name, facts)
      instance.log.info('guardian added', { guardian: guardian.name })
      await say(context, instance.catalogue, guardian, 'registered', options)
    })
}

function defineEdit(group: Command, context: Context): void {
  withFacts(group.command('edit').description('change what is named, keep the rest').argument('<name>'))
    .option('--name <name>', 'a new name')
    .addHelpText(
      'after',
      example('redoma glass guardian edit Ana --share 1', 'redoma glass guardian edit Ana --note ""'),
    )
    .action(async (name: string, options: FactOptions) => {
      const facts = { ...factsOf(options), name: options.name }
      if (Object.values(facts).every((fact) => fact === undefined)) {
        throw new RedomaError('USAGE', 'nothing is to be changed', {
          hint: 'Add --share, or another option.',
        })
      }
      await using instance = await context.services.openInstance()
      await confirmShare(context, instance.catalogue, name, facts.share, options)
      const guardian = await instance.editGuardian(name, facts)
      instance.log.info('guardian changed', { guardian: guardian.name })
      await say(context, instance.catalogue, guardian, 'changed', options)
    })
}

function defineRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('forget a guardian; the share that this person has on paper stays what it is')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma glass guardian remove "Ana Lima"'))
    .action(async (name: string, { yes }: { yes?: true }) => {
      await using instance = await context.services.openInstance()
      await instance.catalogue.guardians.get(name)
      const { terminal } = context
      if (!(await confirm(terminal, `Forget the guardian ${printable(name)}?`, yes === true))) {
        throw new RedomaError('CANCELLED', 'nothing was changed')
      }
      await instance.removeGuardian(name)
      instance.log.info('guardian removed', { guardian: name })
      terminal.say(
        `${terminal.style.green('✓')} ${printable(name)} is forgotten.`,
        'A share on paper still counts as one: to end that, hold a new ceremony.',
      )
    })
}

async function confirmShare(
  { terminal }: Context,
  catalogue: Catalogue,
  guardian: string,
  share: number | undefined,
  { yes, scope }: FactOptions,
): Promise<void> {
  if (share !== undefined)
    await confirmGiving(terminal, catalogue, { guardian, share, scope, yes: yes === true })
}

async function say(
  { terminal }: Context,
  catalogue: Catalogue,
  guardian: Guardian,
  what: string,
  { json, scope }: FactOptions,
): Promise<void> {
  if (json) terminal.printJson({ ...guardian, createdAt: guardian.createdAt.toISOString() })
  else terminal.print(`${terminal.style.green('✓')} ${printable(guardian.name)} is ${what}.`)
  const warning = await warningOfAll(catalogue, guardian.id, scope)
  if (warning !== undefined) terminal.note(`${terminal.noteStyle.yellow('note:')} ${warning}`)
}
