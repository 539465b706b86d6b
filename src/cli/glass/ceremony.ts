import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { CeremonyRequest } from '../../app/hold-ceremony.ts'
import { nameOnPaper, requireOwnKey } from '../../app/scopes/scope-key.ts'
import { requireScopeName } from '../../app/scopes/scope-name.ts'
import { RedomaError } from '../../core/errors.ts'
import type { GlassProfile } from '../../ports/catalogue.ts'
import type { Guardian } from '../../ports/guardian.ts'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import type { CardOptions } from './cards-request.ts'
import { showHeld, showHeldElsewhere } from './ceremony-result.ts'
import { masterPasswordOf, type PasswordOptions } from './master-password.ts'
import { countShares, keepersOf, type QuorumOptions, schemeOf } from './quorum-options.ts'
import { quorumRequest } from './quorum-request.ts'
import { warnOfLoneHolders } from './warn-of-lone-holders.ts'

interface CeremonyOptions extends PasswordOptions, QuorumOptions, CardOptions {
  readonly profile: GlassProfile
  readonly scope?: string
  readonly withPassword?: true
  readonly for?: readonly string[]
  readonly cards?: string
  readonly proveByDrill?: true
  readonly offline?: true
  readonly instanceName?: string
  readonly out: string
  readonly yes?: true
  readonly json?: true
}

const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export function defineCeremony(group: Command, context: Context): void {
  group
    .command('ceremony')
    .description('make a recovery key, opened by a master password, by guardians together, or by either')
    .addOption(
      new Option('--profile <profile>', 'pq resists quantum computers, and needs age 1.3 to open')
        .choices(['classic', 'pq'])
        .default('classic'),
    )
    .requiredOption('--out <folder>', 'where the identity files and the recovery card go')
    .option('--scope <name>', 'the key is of this part of the vault alone: redoma glass scope add --own-key')
    .optionsGroup('Master password:')
    .option('--with-password', 'a master password beside the quorum, which opens everything without it')
    .option('--own-password', 'type a master password of your own (default: one of seven words is made)')
    .option('--password-file <file>', 'take the master password from a file; - is standard input')
    .optionsGroup('Quorum:')
    .option('--quorum <m/n>', 'any m of n guardians together open it, nobody alone: 3/5')
    .option('--group <name=m/n>', 'a group of guardians; repeat it', each)
    .option('--groups-needed <number>', 'how many of the groups must take part (default: all)')
    .option('--seal <number=key>', "seal a share to its guardian's age or SSH public key; repeat it", each)
    .option(
      '--for <number=guardian>',
      'whose a share is, by the name of a registered guardian; repeat it',
      each,
    )
    .option('--cards <folder>', 'write the shares as cards to print: a RAM disk, and destroy them after')
    .addOption(
      new Option('--card-language <language>', 'of the cards').choices(['en', 'pt-BR']).default('en'),
    )
    .addOption(new Option('--paper <format>', 'of the cards').choices(['a4', 'letter']).default('a4'))
    .option('--prove-by-drill', 'let sealed and printed shares be proven by a drill afterwards')
    .optionsGroup('On a machine without the instance:')
    .option('--offline', 'write recovery-key.json, for redoma glass adopt')
    .option('--instance-name <name>', 'the instance that it is for')
    .optionsGroup('Options:')
    .option('-y, --yes', 'do not ask before a new generation begins')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma glass ceremony --out /media/usb',
        'redoma glass ceremony --quorum 3/5 --out /media/usb',
        'redoma glass ceremony --group board=2/3 --group operations=3/5 --out /media/usb --cards /dev/shm/cards',
        'redoma glass ceremony --scope finance --quorum 2/3 --out /media/usb',
        'redoma glass ceremony --offline --instance-name pam-1 --quorum 2/3 --out /media/usb',
      ),
    )
    .action(async (options: CeremonyOptions) => {
      await context.services.forbidDumps()
      await (options.offline ? holdElsewhere(context, options) : holdHere(context, options))
    })
}

async function holdHere(context: Context, options: CeremonyOptions): Promise<void> {
  if (options.instanceName !== undefined) {
    throw new RedomaError('USAGE', '--instance-name is for a ceremony elsewhere: --offline')
  }
  // What cannot be is said before anything is asked.
  schemeOf(options)
  await using instance = await context.services.openInstance()
  await requireOwnKey(instance.catalogue, options.scope)
  const before = await instance.catalogue.generations.current(options.scope)
  const question = `Generation ${before?.number ?? 0} has a recovery key already. Begin a new generation?`
  if (before !== undefined && !(await confirm(context.terminal, question, options.yes === true))) {
    throw new RedomaError('CANCELLED', 'nothing was changed')
  }
  const keepers = keepersOf(options, await instance.catalogue.guardians.list())
  const request = await requestOf(context, options, keepers)
  const keeperIds = new Map([...keepers].map(([number, { id }]) => [number, id]))
  const result = await instance.holdCeremony(
    { ...request, scope: options.scope, keepers: keeperIds },
    context.signal,
  )
  const { number, profile, fingerprint } = result.generation
  instance.log.warn('ceremony held', { generation: number, scope: options.scope, profile, fingerprint })
  showHeld(context, result, before, options.json === true)
}

async function holdElsewhere(context: Context, options: CeremonyOptions): Promise<void> {
  const { instanceName } = options
  if (instanceName === undefined || printable(instanceName) !== instanceName || instanceName.length > 200) {
    throw new RedomaError(
      'USAGE',
      'a ceremony elsewhere needs the name of the instance: --instance-name NAME',
    )
  }
  if (options.for !== undefined) {
    throw new RedomaError('USAGE', 'guardians are registered at the instance', {
      hint: 'After the adoption, there: redoma glass guardian edit NAME --share NUMBER',
    })
  }
  if (options.scope !== undefined) requireScopeName(options.scope)
  const name = nameOnPaper(instanceName, options.scope)
  const request = { ...(await requestOf(context, options, new Map())), instanceName: name }
  const result = await context.services.holdCeremonyElsewhere(request, context.signal)
  showHeldElsewhere(context, result, options.json === true)
}

async function requestOf(
  context: Context,
  options: CeremonyOptions,
  keepers: ReadonlyMap<number, Guardian>,
): Promise<CeremonyRequest> {
  const { profile, out, withPassword, passwordFile, ownPassword } = options
  const scheme = schemeOf(options)
  const shares = scheme === undefined ? 0 : countShares(scheme)
  for (const number of keepers.keys()) {
    if (number < 1 || number > shares)
      throw new RedomaError('USAGE', `there is no share ${number}: there are ${shares}`)
  }
  const quorum = scheme && quorumRequest(context, scheme, options, keepers)
  if (quorum !== undefined) warnOfLoneHolders(context.terminal, quorum.scheme, quorum.sealedTo, keepers)
  const byPassword =
    quorum === undefined || [withPassword, ownPassword, passwordFile].some((one) => one !== undefined)
  const masterPassword = byPassword ? await masterPasswordOf(context, options) : undefined
  return { profile, outFolder: resolve(out), masterPassword, quorum }
}
