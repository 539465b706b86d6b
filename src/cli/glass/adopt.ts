import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Adopted } from '../../app/adopt-recovery-key.ts'
import { openLocalFile } from '../../app/local-file.ts'
import { nameOnPaper, requireOwnKey } from '../../app/scopes/scope-key.ts'
import { parseRecoveryKey, type RecoveryKey } from '../../bundle/ceremony/recovery-key.ts'
import { schemeWords } from '../../bundle/ceremony/scheme-words.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Generation } from '../../ports/catalogue.ts'
import { askLine } from '../ask-line.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { facts } from '../table.ts'
import { fingerprintFact, fingerprintLines } from './fingerprint-lines.ts'
import { generationJson } from './json.ts'

interface AdoptOptions {
  readonly scope?: string
  readonly checkValue?: string
  readonly json?: true
}

const fileLimitBytes = 1024 * 1024

export function defineAdopt(group: Command, context: Context): void {
  group
    .command('adopt')
    .description('take over the public side of a recovery key that was made on another machine')
    .argument('<file>', 'recovery-key.json')
    .option('--scope <name>', 'it is the key of this part of the vault alone')
    .option('--check-value <hex>', 'as it stands on the recovery card (default: it is asked for)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('redoma glass adopt /media/usb/recovery-key.json'))
    .action(async (file: string, options: AdoptOptions) => {
      const { terminal } = context
      await using instance = await context.services.openInstance()
      await requireOwnKey(instance.catalogue, options.scope)
      const key = parseRecoveryKey(await readKeyFile(file))
      const before = await instance.catalogue.generations.current(options.scope)
      const name = nameOnPaper(instance.catalogue.instance.name, options.scope)
      terminal.note(...facts(factsOf(key, before, name, terminal.noteStyle), terminal.noteStyle))
      const checkValue = options.checkValue ?? (await askCheckValue(context))
      const adopted = await instance.adoptRecoveryKey(key, checkValue, context.signal, options.scope)
      const { generation, ledgerSigner } = adopted
      for (const warning of adopted.warnings) {
        terminal.note(`${terminal.noteStyle.yellow('warning:')} ${printable(warning)}`)
      }
      if (options.json) terminal.printJson({ ...generationJson(generation), ledgerSigner })
      else terminal.say(...adoptedLines(adopted, terminal.style))
    })
}

async function readKeyFile(path: string): Promise<Uint8Array> {
  await using file = await openLocalFile(resolve(path))
  // One byte more than it may have: what is longer is refused for it.
  return await file.read(0, Math.min(file.size, fileLimitBytes + 1))
}

/** Without the check value: it is to be read from the card, and not from here. */
function factsOf(
  key: RecoveryKey,
  before: Generation | undefined,
  name: string,
  { yellow }: Style,
): [string, string][] {
  const madeFor = printable(key.instanceName ?? '')
  const opens = [
    ...(key.passwordFile === undefined ? [] : ['a master password']),
    ...(key.quorum === undefined ? [] : [printable(schemeWords(key.quorum.shares))]),
  ]
  return [
    [
      'made for',
      key.instanceName === name ? madeFor : yellow(`${madeFor}; this instance is ${printable(name)}`),
    ],
    ['ceremony held', formatTime(key.heldAt)],
    ['profile', key.profile],
    ['opened by', opens.join(', or ')],
    ['key until now', before === undefined ? 'none' : fingerprintFact(before.fingerprint)],
  ]
}

/** @throws RedomaError `USAGE` when nobody is there to ask */
async function askCheckValue({ terminal, signal }: Context): Promise<string> {
  if (!terminal.interactive) {
    throw new RedomaError(
      'USAGE',
      'the check value on the recovery card must be compared: somebody may have exchanged the file',
      {
        hint: 'Add --check-value HEX, from the card and not from the file.',
      },
    )
  }
  terminal.note(
    '',
    'Somebody who exchanged this file, or a part of it, would open all that is copied from now on, or see to it that nobody does. So type the check value from the recovery card: its first five groups, or all of it.',
    '',
  )
  return (await askLine(terminal, 'Check value: ', signal)) ?? ''
}

function adoptedLines({ generation, before, ledgerSigner }: Adopted, style: Style): string[] {
  const { bold, green, dim } = style
  const formerly =
    before === undefined
      ? []
      : fingerprintLines(`  ${dim(`formerly (${before.number}) `)}`, before.fingerprint, style)
  return [
    `${green('✓')} Generation ${generation.number}: from now on ${generation.scope === undefined ? 'everything' : `the scope ${generation.scope}`} is sealed to this recovery key.`,
    ...fingerprintLines(`  ${dim('fingerprint  ')}`, generation.fingerprint, style),
    ...formerly,
    `  ${dim('ledger signer')} ${bold(ledgerSigner)}`,
    '  ↳ write this on every card, and on the recovery card: where they were made nobody knew it.',
    '',
    'Not proven here: hold a drill, which shows that it opens what this instance seals.',
  ]
}
