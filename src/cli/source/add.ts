import { resolve } from 'node:path'
import type { Command } from 'commander'
import { findCredential } from '../../app/find-credential.ts'
import { RedomaError } from '../../core/errors.ts'
import type { SourceSpec } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseCount, parseSize } from '../parse.ts'
import { describeSource } from './describe.ts'
import { refuseServerOptions, type ServerOptions, serverSpecOf } from './server-spec.ts'
import { splitWords } from './split-words.ts'

interface AddOptions extends ServerOptions {
  readonly files?: string[]
  readonly recordings?: string
  readonly command?: string
  readonly postgresql?: string
  readonly mariadb?: string
  readonly sqlite?: string
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
    .optionsGroup('Databases, for the system backup, by the programs of their own:')
    .option('--postgresql <server>', 'HOST, HOST:PORT or the folder of its socket: /run/postgresql')
    .option(
      '--mariadb <server>',
      'HOST, HOST:PORT or the path of its socket: /run/mysqld/mysqld.sock; MySQL, too',
    )
    .option('--sqlite <file>', 'a database of SQLite, which others may be writing to')
    .option('--database <name...>', 'these databases only (default: every one that there is)')
    .option('--user <name>', 'the user of the database (default: postgres, or root)')
    .option('--credential <title>', 'the credential of the registry whose secret is the password')
    .option(
      '--run-as <user>',
      'run the programs as this user of the system, where the server knows him by that',
    )
    .option('--no-accounts', 'leave out roles and users')
    .optionsGroup('Options:')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma source add system --files /etc /home --exclude "*.tmp" .cache/',
        'redoma source add sessions --recordings /var/spool/recordings',
        'redoma source add vault --command "/usr/local/bin/export-vault --all"',
        'redoma source add db --postgresql /run/postgresql --run-as postgres',
        'redoma source add shop --mariadb db.example.com --user backup --credential "Backup of shop"',
      ),
    )
    .action(async (name: string, options: AddOptions) => {
      requireOneKind(options)
      await using instance = await context.services.openInstance()
      const spec = await specOf(options, (text) => findCredential(instance.catalogue.credentials, text))
      const source = await instance.addSource(name, spec)
      instance.log.info('source added', { source: name, kind: spec.kind })
      const { terminal } = context
      if (options.json) terminal.printJson(source)
      else terminal.print(`${terminal.style.green('✓')} ${name}: ${describeSource(spec)}`)
    })
}

/** @throws RedomaError `USAGE` */
function requireOneKind({ files, recordings, command, postgresql, mariadb, sqlite }: AddOptions): void {
  const given = [files, recordings, command, postgresql, mariadb, sqlite].filter((one) => one !== undefined)
  if (given.length !== 1) {
    throw new RedomaError(
      'USAGE',
      'a source is one of --files, --recordings, --command, --postgresql, --mariadb and --sqlite',
      {
        hint: 'redoma source add --help shows an example of each.',
      },
    )
  }
}

async function specOf(
  options: AddOptions,
  credentialId: (text: string) => Promise<string>,
): Promise<SourceSpec> {
  const { files, recordings, command, postgresql, mariadb, sqlite } = options
  if (postgresql !== undefined) return await serverSpecOf('postgresql', postgresql, options, credentialId)
  if (mariadb !== undefined) return await serverSpecOf('mariadb', mariadb, options, credentialId)
  refuseServerOptions(options)
  if (sqlite !== undefined) return { kind: 'sqlite', path: resolve(sqlite) }
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
