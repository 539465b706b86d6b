import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import type { ImportReport } from '../../app/import-credentials.ts'
import { RedomaError } from '../../core/errors.ts'
import type { ImportFormat } from '../../ports/credential-reader.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { count } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import { guessFormat } from './guess-format.ts'

interface ImportOptions {
  readonly format?: ImportFormat['kind']
  readonly column?: string[]
  readonly passwordFile?: string
  readonly keyFile?: string
  readonly strict?: true
  readonly dryRun?: true
  readonly json?: true
}

export function defineCredentialImport(group: Command, context: Context): void {
  const formats: readonly ImportFormat['kind'][] = ['redoma-json', 'csv', 'bitwarden', 'keepass']
  group
    .command('import')
    .description('take over credentials from a file; importing it twice changes nothing')
    .argument('<file>', 'JSON of our own, CSV with a header, a Bitwarden export, or a KeePass KDBX 4 file')
    .addOption(new Option('--format <format>', 'what it is, when that is not seen').choices(formats))
    .option('--column <name=header...>', 'CSV: which column holds what (title=Account)')
    .option('--password-file <file>', 'KeePass: the file that holds its password; - is standard input')
    .option('--key-file <file>', 'KeePass: its key file')
    .option('--strict', 'one bad row, and nothing at all is imported')
    .option('--dry-run', 'only tell what would happen')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      example(
        'redoma credential import passwords.csv --column title=Account --column user=Login',
        'redoma credential import vault.kdbx --password-file ~/.kdbx-password',
      ),
    )
    .action(async (file: string, options: ImportOptions) => {
      const format = await formatOf(context, file, options)
      await using instance = await context.services.openInstance()
      const request = {
        format,
        file: createReadStream(file),
        name: basename(file),
        strict: options.strict === true,
        dryRun: options.dryRun === true,
      }
      const report = await importing()
      instance.log.info('credentials imported', { file: request.name, ...report, bad: report.bad.length })
      show(context, report, options)

      async function importing(): Promise<ImportReport> {
        using bar = startProgressBar(context.terminal, context.clock)
        return await instance.importCredentials(request, bar.progress, context.signal)
      }
    })
}

async function formatOf({ terminal }: Context, file: string, options: ImportOptions): Promise<ImportFormat> {
  const kind = options.format ?? (await guessFormat(file))
  switch (kind) {
    case 'csv':
      return { kind, columns: Object.fromEntries((options.column ?? []).map(columnOf)) }
    case 'keepass': {
      const password = await askSecret(terminal, { prompt: 'KeePass password', file: options.passwordFile })
      const keyFile = options.keyFile === undefined ? undefined : await readFile(options.keyFile)
      return { kind, password, keyFile: keyFile && new Uint8Array(keyFile) }
    }
    case 'redoma-json':
    case 'bitwarden':
      return { kind }
  }
}

function columnOf(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new RedomaError('USAGE', `${JSON.stringify(text)} does not say which column`, {
    hint: 'Write it as --column title=Account',
  })
}

const badRowsShown = 20

function show(context: Context, report: ImportReport, options: ImportOptions): void {
  const { terminal } = context
  const { added, changed, unchanged, bad, applied } = report
  if (bad.length > 0) context.finish(applied ? exitCodes.warnings : exitCodes.failed)
  if (!applied && options.dryRun && bad.length === 0) context.finish(exitCodes.done)
  if (options.json) {
    terminal.printJson(report)
    return
  }
  const { green, red, yellow, dim } = terminal.style
  const mark = applied ? green('✓') : options.dryRun ? dim('·') : red('✗')
  const figures = `${added} added, ${changed} changed, ${unchanged} unchanged`
  const state = applied ? '' : options.dryRun ? ' (dry run: nothing was written)' : ' (nothing was imported)'
  terminal.print(`${mark} ${figures}${state}`)
  for (const { line, reason } of bad.slice(0, badRowsShown)) {
    terminal.note(`${yellow('warning:')} row at ${line}: ${printable(reason)}`)
  }
  if (bad.length > badRowsShown) terminal.note(`… and ${count(bad.length - badRowsShown, 'more bad row')}`)
}
