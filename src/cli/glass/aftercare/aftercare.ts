import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { findBundle, noSuchBundle } from '../../../app/aftercare/record-opening.ts'
import type { AftercareReport, OpenedContents } from '../../../app/aftercare/report-aftercare.ts'
import { generationInLedger } from '../../../app/generation-in-ledger.ts'
import { RedomaError } from '../../../core/errors.ts'
import type { Opening, SettledExposure } from '../../../ports/opening.ts'
import type { Context } from '../../context.ts'
import { exitCodes } from '../../exit-codes.ts'
import { count } from '../../figures.ts'
import { example } from '../../help.ts'
import { askIdentities } from '../../identities/ask-identities.ts'
import { addIdentityOptions, type IdentityOptions } from '../../identities/identity-options.ts'
import type { Wanted } from '../../identities/open-identity-files.ts'
import { printable } from '../../printable.ts'
import { startProgressBar } from '../../progress-bar.ts'
import type { OpenInstance } from '../../services.ts'
import { writeReport } from '../../write-report.ts'
import { aftercareCsv, aftercareJson, aftercareLines, nameOf } from './forms.ts'

interface AftercareOptions extends IdentityOptions {
  readonly settle?: readonly string[]
  readonly why?: string
  readonly csv?: true
  readonly json?: true
  readonly out?: string
}

export function defineGlassAftercare(group: Command, context: Context): void {
  const command = group
    .command('aftercare')
    .description('after a real opening: which credentials were in the bundle and still have the same values')
    .argument('[bundle]', 'its number, or its file (default: the one that was recorded as opened last)')
  addIdentityOptions(command, context)
    .option('--settle <id...>', 'say of credentials that they need no new value, with --why')
    .option('--why <text>', 'why not')
    .addOption(new Option('--csv', 'all of them as a table').conflicts('json'))
    .option('--json', 'all of them as JSON')
    .option('--out <file>', 'write it to this file')
    .addHelpText(
      'after',
      example(
        'redoma glass aftercare 41',
        'redoma glass aftercare secrets/NAME.age --identity secrets/identity.password.age --csv',
        'redoma glass aftercare 41 --settle a1b2c3 --why "a licence, nobody gets in by it"',
      ),
    )
    .action(async (bundle: string | undefined, options: AftercareOptions) => {
      await using instance = await context.services.openInstance()
      const openings = await instance.catalogue.openings.list()
      const { opened, opening } = await find(context, instance, openings, bundle, options)
      if (options.settle !== undefined) {
        await using before = await made([])
        await settle(instance, before, opening, options.settle, options.why)
      }
      const settled = opening === undefined ? [] : await instance.catalogue.openings.settled(opening.id)
      await using report = await made(settled)
      await print(context, report, opening, options)
      const { open, unknown, removed } = report.summary.states
      if (open + unknown + removed > 0) context.finish(exitCodes.warnings)

      async function made(known: readonly SettledExposure[]): Promise<AftercareReport> {
        using bar = startProgressBar(context.terminal, context.clock)
        return await instance.reportAftercare(opened, known, bar.progress, context.signal)
      }
    })
}

interface Found {
  readonly opened: OpenedContents
  readonly opening: Opening | undefined
}

async function find(
  context: Context,
  instance: OpenInstance,
  openings: readonly Opening[],
  text: string | undefined,
  options: AftercareOptions,
): Promise<Found> {
  const named = text ?? openings[0]?.object
  if (named === undefined) {
    throw new RedomaError('USAGE', 'no opening was recorded: name a bundle', {
      hint: 'redoma glass opened BUNDLE --by WHO --why TEXT',
    })
  }
  const known = await findBundle(instance.catalogue, named)
  const object = named.slice(named.lastIndexOf('/') + 1)
  const opening = openings.find((one) =>
    known === undefined
      ? one.object === object
      : one.scope === known.scope && one.sequence === known.sequence,
  )
  if (known !== undefined && options.identity === undefined)
    return { opened: { kind: 'known', bundle: known }, opening }
  if (/^\d+$/.test(named)) throw noSuchBundle(named)
  return { opened: await read(context, instance, resolve(named), options), opening }
}

/** All of a bundle that this instance does not remember: it was made before it began to, or by the instance that was lost. */
async function read(
  context: Context,
  { catalogue }: OpenInstance,
  path: string,
  options: AftercareOptions,
): Promise<OpenedContents> {
  const { terminal, signal } = context
  const generation = await generationInLedger(path)
  const identities = (opens: NonNullable<Wanted['opens']>) =>
    askIdentities({ terminal, signal }, options, { path, generation, opens })
  await using glass = await context.services.openGlass({ bundlePath: path, identities }, signal)
  const { instance } = glass.manifest
  if (instance.id !== catalogue.instance.id) {
    throw new RedomaError('USAGE', `this is a bundle of another instance, ${instance.name}`)
  }
  return { kind: 'read', records: [...glass.search('')] }
}

async function settle(
  instance: OpenInstance,
  report: AftercareReport,
  opening: Opening | undefined,
  words: readonly string[],
  why: string | undefined,
): Promise<void> {
  if (why === undefined || why.trim() === '') throw new RedomaError('USAGE', '--settle needs --why')
  if (opening === undefined) {
    throw new RedomaError('USAGE', 'no opening of this bundle was recorded', {
      hint: 'redoma glass opened BUNDLE --by WHO --why TEXT',
    })
  }
  const known = new Map<string, Pick<SettledExposure, 'source' | 'id'>>()
  for await (const { source, id } of report.lines()) known.set(nameOf({ source, id }), { source, id })
  const credentials = words.map((word) => {
    const found = known.get(word) ?? known.get(word.replace(/^registry\//, ''))
    if (found !== undefined) return found
    throw new RedomaError('NOT_FOUND', `there was no credential ${word} in the bundle`, {
      hint: 'redoma glass aftercare --json shows the id of each; of another source than the registry: SOURCE/ID',
    })
  })
  await instance.settleExposures(opening.id, credentials, why)
}

async function print(
  context: Context,
  report: AftercareReport,
  opening: Opening | undefined,
  options: AftercareOptions,
): Promise<void> {
  const { terminal, signal } = context
  if (options.csv) await writeReport(terminal, options.out, aftercareCsv(report), signal)
  else if (options.json) await writeReport(terminal, options.out, aftercareJson(report, opening), signal)
  else if (options.out === undefined) {
    terminal.print(...(await aftercareLines(report, opening, terminal.style)))
    return
  } else throw new RedomaError('USAGE', 'a file of what kind? Add --csv or --json to --out')
  if (options.out !== undefined) {
    const { open } = report.summary.states
    terminal.note(`${count(open, 'credential')} to be given new values: ${printable(options.out)}`)
  }
}
