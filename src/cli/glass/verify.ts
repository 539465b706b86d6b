import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { DoubtfulBundle } from '../../app/remarks-on-glass.ts'
import { chooseScope, wholeVaultWord } from '../../app/scopes/choose-scope.ts'
import type { FurtherVerdict } from '../../app/verify-glass-further.ts'
import { type KeptHead, parseHead } from '../../bundle/ledger/head.ts'
import { type LedgerSigner, signerIn } from '../../bundle/ledger/signers.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { count, formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { askIdentities } from '../identities/ask-identities.ts'
import { addIdentityOptions, type IdentityOptions } from '../identities/identity-options.ts'
import { bringIncidentsUpToDate } from '../incident/brought-up-to-date.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import { readText } from '../read-text.ts'
import type { Style } from '../style.ts'

interface VerifyOptions extends IdentityOptions {
  readonly folder?: string
  readonly signers?: string
  readonly head?: string
  readonly scope?: string
  readonly json?: true
}

interface Verified extends FurtherVerdict {
  readonly destination: string
}

export function defineGlassVerify(group: Command, context: Context): void {
  const command = group
    .command('verify')
    .description('look whether bundles, recordings and the ledger are there, whole, and nobody else’s')
    .argument('[destination...]', 'at these destinations only')
    .option('--folder <path>', 'a folder with secrets/ and ledger.jsonl in it: needs no instance')
    .option('--signers <file>', 'who must have signed the ledger: system/allowed_signers of a bundle')
    .option(
      '--head <head>',
      'what "redoma glass head" printed then, or a file that holds it: it must be in the ledger',
    )
    .option(
      '--scope <name>',
      'only the bundles of this scope and what is beside them; whole: of the whole vault',
    )
  addIdentityOptions(command, context)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      example(
        'redoma glass verify',
        'redoma glass verify nas --identity identity.password.age     # opens every bundle',
        'redoma glass verify --folder /media/usb --head 128:3f2a-9c01-77de-1b0c-55aa',
      ),
    )
    .action(async (names: string[], options: VerifyOptions) => {
      const report = await verify(context, names, options)
      const { terminal } = context
      if (options.json) terminal.printJson(report)
      else terminal.say(...report.flatMap((one) => linesOf(one, terminal.style)))
      context.finish(exitCodeOf(report))
    })
}

async function verify(
  context: Context,
  names: readonly string[],
  options: VerifyOptions,
): Promise<Verified[]> {
  const { folder, signers } = options
  if (folder !== undefined && names.length > 0) throw new RedomaError('USAGE', 'destinations, or --folder')
  if (folder === undefined && signers !== undefined) {
    throw new RedomaError('USAGE', '--signers is for --folder: the instance knows its own key')
  }
  const head = options.head === undefined ? undefined : await readHead(options.head)
  const identities = await identitiesOf(context, options)
  if (folder !== undefined) {
    const verifyFolder = await context.services.verifyFolder()
    const signer = signers === undefined ? undefined : await readSigners(signers)
    using bar = startProgressBar(context.terminal, context.clock)
    const scope = options.scope === wholeVaultWord ? wholeVault : options.scope
    const checks = { identities, head, scope }
    const verdict = await verifyFolder(resolve(folder), signer, checks, bar.progress, context.signal)
    return [{ destination: folder, ...verdict }]
  }
  await using instance = await context.services.openInstance()
  const scope = await chooseScope(instance.catalogue, options.scope)
  const targets = await instance.repositoryTargets(names)
  const report: Verified[] = []
  for (const target of targets) {
    using bar = startProgressBar(context.terminal, context.clock)
    const verdict = await instance.verifyGlass(
      target,
      { identities, head, scope },
      bar.progress,
      context.signal,
    )
    report.push({ destination: target.record.name, ...verdict })
  }
  await bringIncidentsUpToDate(instance, context)
  return report
}

/** `undefined` where no key is to be used. */
async function identitiesOf(
  { terminal, signal }: Context,
  options: VerifyOptions,
): Promise<readonly Secret[] | undefined> {
  if (options.identity === undefined) return undefined
  return askIdentities({ terminal, signal }, options, { path: resolve(options.identity) })
}

/** @throws RedomaError `USAGE` */
async function readHead(text: string): Promise<KeptHead> {
  const content = await readText(resolve(text)).catch(() => undefined)
  return parseHead(content ?? text)
}

/** @throws RedomaError `USAGE` */
async function readSigners(path: string): Promise<LedgerSigner> {
  const text = await readText(resolve(path))
  const signer = signerIn(text)
  if (signer !== undefined) return signer
  throw new RedomaError('USAGE', `${path} names nobody who signs ledgers`, {
    hint: 'It is system/allowed_signers of a bundle.',
  })
}

function linesOf(verdict: Verified, style: Style): string[] {
  const { destination, objects, bytes, opened, problems, signer, remarks, doubtful, unchecked } = verdict
  const where = printable(destination)
  const openedText = opened === 0 ? '' : `, ${count(opened, 'bundle')} opened to the end`
  return [
    problems.length === 0
      ? `${style.green('✓')} ${where}: ${count(objects, 'object')} as the ledger says, ${formatBytes(bytes)} read${openedText}`
      : `${style.red('✗')} ${where}: ${count(problems.length, 'finding')}${openedText}`,
    ...problems.map(
      ({ kind, object, message }) => `  ${style.red(kind)} ${printable(object)}: ${printable(message)}`,
    ),
    ...hints(verdict).map((hint) => `  ${style.dim('try:')} ${printable(hint)}`),
    ...(signer === undefined ? [] : [`  signed by ${signer}`]),
    ...remarks.map((remark) => `  ${style.yellow('note:')} ${printable(remark)}`),
    ...doubtful.map((bundle) => `  ${style.yellow('in doubt:')} ${printable(doubtWords(bundle))}`),
    ...unchecked.map((what) => `  ${style.dim('not checked:')} ${printable(what)}`),
  ]
}

function doubtWords({ object, doubts }: DoubtfulBundle): string {
  const why = doubts === undefined ? 'why is in it: --identity FILE, or redoma glass open' : doubts.join(' ')
  return `${object} was published as one to be looked at (${why})`
}

function hints({ problems }: Verified): string[] {
  return [...new Set(problems.flatMap(({ hint }) => hint ?? []))]
}

function exitCodeOf(report: readonly Verified[]): ExitCode {
  if (report.some(({ problems }) => problems.length > 0)) return exitCodes.damaged
  const isToBeSeen = ({ remarks, doubtful }: Verified): boolean => remarks.length + doubtful.length > 0
  return report.some(isToBeSeen) ? exitCodes.warnings : exitCodes.done
}
