import { resolve } from 'node:path'
import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { SourceSpec } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseCount, parseSize } from '../parse.ts'
import { describeSource } from './describe.ts'
import { splitWords } from './split-words.ts'

interface AddOptions {
  readonly files?: string[]
  readonly recordings?: string
  readonly command?: string
  readonly exclude?: string[]
  readonly excludeLargerThan?: string
  readonly excludeCaches?: true
  readonly oneFileSystem?: true
  readonly settle?: string
  readonly json?: true
}

export function defineSourceAdd(group: Command, context: Context): void {
  group
    .command('add')
    .description('register something to be copied')
    .argument('<name>', 'what to call it')
    .option('--files <path...>', 'files and folders, for the system backup')
    .option('--exclude <pattern...>', 'leave out what matches, as in .gitignore')
    .option('--exclude-larger-than <size>', 'leave out files above it: 500M, 2G')
    .option('--exclude-caches', 'leave out folders that hold a CACHEDIR.TAG')
    .option('--one-file-system', 'do not cross into other file systems')
    .option('--recordings <path>', 'a folder of session recordings')
    .option('--settle <seconds>', 'a recording unchanged for so long is finished (default: 300)')
    .option('--command <words>', 'a program whose output is credentials, one JSON object a line')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma source add system --files /etc /home --exclude "*.tmp" .cache/',
        'redoma source add sessions --recordings /var/spool/recordings',
        'redoma source add vault --command "/usr/local/bin/export-vault --all"',
      ),
    )
    .action(async (name: string, options: AddOptions) => {
      const spec = specOf(options)
      await using instance = await context.services.openInstance()
      const source = await instance.addSource(name, spec)
      instance.log.info('source added', { source: name, kind: spec.kind })
      const { terminal } = context
      if (options.json) terminal.printJson(source)
      else terminal.print(`${terminal.style.green('✓')} ${name}: ${describeSource(spec)}`)
    })
}

function specOf(options: AddOptions): SourceSpec {
  const { files, recordings, command } = options
  if ([files, recordings, command].filter((given) => given !== undefined).length !== 1) {
    throw new RedomaError('USAGE', 'a source is one of --files, --recordings and --command', {
      hint: 'redoma source add --help shows an example of each.',
    })
  }
  if (recordings !== undefined) {
    return {
      kind: 'recordings',
      path: resolve(recordings),
      settleSeconds: parseCount(options.settle ?? '300', 0),
    }
  }
  if (command !== undefined) {
    const argv = splitWords(command)
    if (argv.length === 0) throw new RedomaError('USAGE', '--command names no program')
    return { kind: 'command', argv }
  }
  return {
    kind: 'files',
    paths: (files ?? []).map((path) => resolve(path)),
    exclude: options.exclude ?? [],
    excludeCaches: options.excludeCaches === true,
    oneFileSystem: options.oneFileSystem === true,
    ...(options.excludeLargerThan === undefined
      ? {}
      : { excludeLargerThanBytes: parseSize(options.excludeLargerThan) }),
  }
}
