import { posix } from 'node:path'
import { RedomaError } from '../core/errors.ts'
import type { SourceRecord } from '../ports/catalogue.ts'
import {
  accountsOfMariadb,
  accountsOfPostgresql,
  type DatabaseSpec,
  type DatabaseTarget,
} from '../ports/database.ts'
import type { Progress } from '../ports/progress.ts'
import { type AuditedDeps, audit } from './audited.ts'
import type { BrowsedEntry, BrowseSystem } from './browse-system.ts'
import type { RepositoryAccess } from './restore-system.ts'

export interface RestoreIntoDeps extends AuditedDeps {
  readonly browse: BrowseSystem
  readonly databaseTarget: (spec: DatabaseSpec) => DatabaseTarget
}

export interface RestoreIntoRequest {
  /** Its whole id. */
  readonly snapshot: string
  /** Of the dump in it; absent where the snapshot has one alone. */
  readonly path?: string | undefined
  /** A new database, or one with nothing in it; of SQLite the path of a new file. */
  readonly database: string
  /** The source whose server it goes to. */
  readonly server: string
  readonly dryRun: boolean
}

export interface RestoredDatabase {
  readonly path: string
  readonly bytes: number
  readonly database: string
  readonly server: SourceRecord
}

/**
 * A database out of a system backup into a server, or into a file of SQLite. All that it is given was verified.
 *
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, `USAGE`, `ALREADY_EXISTS`, `SOURCE_UNREADABLE` (what the program of the database says), those of reading
 */
export type RestoreInto = (
  access: RepositoryAccess,
  request: RestoreIntoRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<RestoredDatabase>

export function makeRestoreInto(deps: RestoreIntoDeps): RestoreInto {
  return async (access, request, progress, signal) => {
    const { snapshot, database, dryRun } = request
    const { server, spec } = await serverNamed(deps, request.server)
    const { path, bytes = 0 } = await dumpOf(deps, access, request, spec, signal)
    requireFit(path, spec)
    if (!dryRun) {
      progress({ kind: 'step', title: `${path} to ${server.name}`, unit: 'bytes', total: bytes })
      const content = counted(deps.browse.read(access, { snapshot, path }, signal), progress)
      await deps.databaseTarget(spec).restore(database, content, signal)
      await audit(deps, 'database.restore', server.name, `${database} from ${snapshot.slice(0, 8)}:${path}`)
    }
    return { path, bytes, database, server }
  }
}

async function serverNamed(
  { catalogue }: AuditedDeps,
  name: string,
): Promise<{ readonly server: SourceRecord; readonly spec: DatabaseSpec }> {
  const sources = await catalogue.sources.list()
  const server = sources.find((source) => source.name === name)
  const spec = server?.spec
  if (
    server !== undefined &&
    (spec?.kind === 'postgresql' || spec?.kind === 'mariadb' || spec?.kind === 'sqlite')
  )
    return { server, spec }
  const known = sources.flatMap(({ name: one, spec: { kind } }) =>
    ['postgresql', 'mariadb', 'sqlite'].includes(kind) ? [one] : [],
  )
  throw new RedomaError('NOT_FOUND', `there is no source ${name} that is a database`, {
    hint: known.length === 0 ? 'redoma source add --help' : `There is ${known.join(', ')}: --server NAME`,
  })
}

async function dumpOf(
  { browse }: RestoreIntoDeps,
  access: RepositoryAccess,
  { snapshot, path }: RestoreIntoRequest,
  spec: DatabaseSpec,
  signal: AbortSignal,
): Promise<BrowsedEntry> {
  // One level alone: a snapshot that is of no database may have millions of files.
  const filesIn = async (folder: string): Promise<BrowsedEntry[]> =>
    await Array.fromAsync(browse.list(access, { snapshot, path: folder, recursive: false }, signal))
  if (path !== undefined) {
    const inFolder = await filesIn(posix.dirname(path))
    const found = inFolder.find((entry) => entry.path === path && entry.type === 'file')
    if (found !== undefined) return found
    throw new RedomaError('NOT_FOUND', `there is no ${path} in snapshot ${snapshot.slice(0, 8)}`, {
      hint: `redoma backup ls ${snapshot.slice(0, 8)}:/ --recursive`,
    })
  }
  const [folder] = (await filesIn('/')).filter(({ type }) => type === 'dir')
  const inFolder = folder === undefined ? [] : await filesIn(posix.join('/', folder.path))
  const candidates = inFolder.filter((entry) => entry.type === 'file' && !isAccounts(entry.path, spec))
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) return only
  const named = candidates.slice(0, 10).map((entry) => entry.path)
  throw new RedomaError('AMBIGUOUS', `the snapshot has ${candidates.length} databases: ${named.join(', ')}`, {
    hint: `Name one of them: ${snapshot.slice(0, 8)}:${named[0] ?? '/SOURCE/DATABASE.dump'}`,
  })
}

/** Roles and users, which are no database. */
function isAccounts(path: string, { kind }: DatabaseSpec): boolean {
  const name = posix.basename(path)
  return kind === 'postgresql'
    ? name === accountsOfPostgresql
    : kind === 'mariadb' && name === accountsOfMariadb
}

const endings: Readonly<Partial<Record<DatabaseSpec['kind'], string>>> = {
  postgresql: '.dump',
  mariadb: '.sql',
}

/** A dump of one system is nothing to another. */
function requireFit(path: string, spec: DatabaseSpec): void {
  const { kind } = spec
  const isOfAnother = Object.entries(endings).some(([one, ending]) => one !== kind && path.endsWith(ending))
  const fits = kind === 'sqlite' ? !isOfAnother : path.endsWith(endings[kind] ?? '')
  if (fits && !isAccounts(path, spec)) return
  throw new RedomaError('USAGE', `${path} is no database of ${names[kind]}`, {
    hint: isAccounts(path, spec)
      ? `It is roles and users: redoma backup cat latest:${path}, and give the program of the database what you need of it.`
      : 'Name a dump of the same system: redoma backup ls latest:/ --recursive --source NAME',
  })
}

const names: Readonly<Record<DatabaseSpec['kind'], string>> = {
  postgresql: 'PostgreSQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
}

async function* counted(content: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const part of content) {
    yield part
    done += part.length
    progress({ kind: 'advance', done })
  }
}
