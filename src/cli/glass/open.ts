import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { generationInLedger } from '../../app/generation-in-ledger.ts'
import { bundlesIn, newestBundle } from '../../app/newest-bundle.ts'
import type { OpenGlass } from '../../app/open-glass.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { count } from '../figures.ts'
import { example } from '../help.ts'
import { askIdentities } from '../identities/ask-identities.ts'
import { addIdentityOptions, type IdentityOptions } from '../identities/identity-options.ts'
import type { Wanted } from '../identities/open-identity-files.ts'
import { printable } from '../printable.ts'
import type { GlassContext } from './glass-context.ts'
import { type ExportOptions, exportFormats, requireWhole, saveFiles, writeExport } from './save.ts'
import { search } from './search.ts'
import { type ShowOptions, showFound, stateOf } from './show-found.ts'

interface OpenOptions extends IdentityOptions, ShowOptions, ExportOptions {
  readonly to?: string
  readonly attachments?: string
}

export function defineGlassOpen(group: Command, context: Context): void {
  defineOpening(group.command('open'), context, 'redoma glass open')
}

/**
 * @param words by which it is called, for the examples
 * @param folders where the newest bundle is looked for when none is named: the first that has one
 */
export function defineOpening(
  command: Command,
  context: GlassContext,
  words: string,
  folders?: readonly string[],
): void {
  command
    .description('open a bundle with the recovery key; needs neither the instance nor a network')
    .argument(
      folders === undefined ? '<bundle...>' : '[bundle...]',
      `the .age file, under secrets/ at a destination; of several, the newest${folders === undefined ? '' : ' (default: the newest beside this program, else in this folder or its secrets/)'}`,
    )
  addIdentityOptions(command, context)
    .option('--search <text>', 'only credentials with the text in title, user, host, folder or tags')
    .option('--reveal', 'show the secrets of what is found, former ones too')
    .option('--totp', 'show the TOTP codes of what is found, of this moment')
    .option('--attachments <folder>', 'write the attachments of what is found below a folder')
    .addOption(
      new Option('--export <format>', 'write what is found for another program').choices(exportFormats),
    )
    .option('--out <file>', 'where the export goes: a new file, for you alone')
    .option('--export-password-file <file>', 'take the password of a KeePass database from a file')
    .option('--to <folder>', 'write everything into a new folder')
    .option('--json', 'print what is found as JSON')
    .addHelpText(
      'after',
      example(
        `${words} secrets/NAME.age                              search and show, as often as you like`,
        `${words} secrets/NAME.age --search vcenter --reveal`,
        `${words} secrets/NAME.age --export kdbx --out vault.kdbx`,
        `${words} secrets/NAME.age --to /dev/shm/bundle`,
      ),
    )
    .action(async (paths: readonly string[], options: OpenOptions) => {
      await openBundle(context, await chosen(context, paths, folders), options)
    })
}

/** The one that was named, whatever it is called; else the newest, which is said. */
async function chosen(
  { terminal }: GlassContext,
  paths: readonly string[],
  folders: readonly string[] = [],
): Promise<string> {
  const [only, ...others] = paths
  if (only !== undefined && others.length === 0) return resolve(only)
  const newest = newestBundle(only === undefined ? await firstBundles(folders) : paths)
  if (newest === undefined) {
    const where =
      only === undefined ? 'beside this program, in this folder or its secrets/' : 'among these files'
    throw new RedomaError('USAGE', `there is no bundle ${where}`, {
      hint: 'Go to the folder of the copy (cd), or name the bundle: secrets/INSTANCE-TIME-NUMBER.age',
    })
  }
  terminal.note(`The newest bundle here: ${printable(newest)}`)
  return resolve(newest)
}

async function firstBundles(folders: readonly string[]): Promise<readonly string[]> {
  for (const folder of folders) {
    const bundles = await bundlesIn(folder)
    if (bundles.length > 0) return bundles
  }
  return []
}

async function openBundle(context: GlassContext, path: string, options: OpenOptions): Promise<void> {
  requireWhole(options)
  const { terminal, signal } = context
  const generation = await generationInLedger(path)
  const request = {
    bundlePath: path,
    identities: (opens: NonNullable<Wanted['opens']>) =>
      askIdentities({ terminal, signal }, options, { path, generation, opens }),
  }
  await using glass = await context.services.openGlass(request, signal)
  if (glass.damaged.length > 0) context.finish(exitCodes.damaged)
  warnOfDamage(context, glass)
  await doWhatIsAsked(context, glass, options)
}

async function doWhatIsAsked(context: GlassContext, glass: OpenGlass, options: OpenOptions): Promise<void> {
  const { terminal, signal } = context
  const isWritten = [options.to, options.export, options.attachments].some((option) => option !== undefined)
  if (isWritten && !options.json) terminal.note(...stateOf(terminal, glass))
  if (options.to !== undefined) {
    const folder = resolve(options.to)
    const files = await glass.extractTo(folder, signal)
    if (options.json)
      terminal.printJson({ manifest: glass.manifest, keyFingerprint: glass.keyFingerprint, files })
    else say(`${count(files.length, 'file')} in ${printable(folder)}: read README.txt there.`)
    return
  }
  const found = glass.search(options.search ?? '')
  if (options.export !== undefined) {
    await writeExport(terminal, found, options)
    return
  }
  if (options.attachments !== undefined) {
    await saveFiles(terminal, found, resolve(options.attachments))
    return
  }
  const { search: text, reveal, totp, json } = options
  const isPrinted = [text, reveal, totp, json].some((option) => option !== undefined)
  if (!isPrinted && terminal.interactive && terminal.stdout.isTTY === true) await search(context, glass)
  else await showFound(terminal, glass, found, options)

  function say(text: string): void {
    terminal.print(`${terminal.style.green('✓')} ${text}`)
  }
}

function warnOfDamage({ terminal }: GlassContext, { damaged }: OpenGlass): void {
  for (const { path, message } of damaged) {
    terminal.note(`${terminal.noteStyle.red('damaged:')} ${printable(path)}: ${printable(message)}`)
  }
}
