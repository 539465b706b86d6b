import { RedomaError } from '../core/errors.ts'
import type { SourceRecord } from '../ports/catalogue.ts'
import type { DatabaseSpec, DatabaseTarget } from '../ports/database.ts'
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
    const { path, bytes = 0 } = await dumpOf(deps, access, request, signal)
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

const dumps = /\.(dump|sql)$/
const accounts = /\/(globals|mysql-users)\.sql$/

async function dumpOf(
  { browse }: RestoreIntoDeps,
  access: RepositoryAccess,
  { snapshot, path }: RestoreIntoRequest,
  signal: AbortSignal,
): Promise<BrowsedEntry> {
  const all = await Array.fromAsync(browse.list(access, { snapshot, path: '/', recursive: true }, signal))
  const files = all.filter(({ type }) => type === 'file')
  if (path !== undefined) {
    const found = files.find((entry) => entry.path === path)
    if (found !== undefined) return found
    throw new RedomaError('NOT_FOUND', `there is no ${path} in snapshot ${snapshot.slice(0, 8)}`, {
      hint: `redoma backup ls ${snapshot.slice(0, 8)}:/ --recursive`,
    })
  }
  const candidates = files.filter((entry) => !accounts.test(entry.path))
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) return only
  const named = candidates.slice(0, 10).map((entry) => entry.path)
  throw new RedomaError('AMBIGUOUS', `the snapshot has ${candidates.length} databases: ${named.join(', ')}`, {
    hint: `Name one of them: ${snapshot.slice(0, 8)}:${named[0] ?? '/SOURCE/DATABASE.dump'}`,
  })
}

/** A dump of one system is nothing to another. */
function requireFit(path: string, { kind }: DatabaseSpec): void {
  const fits =
    kind === 'postgresql'
      ? path.endsWith('.dump')
      : kind === 'mariadb'
        ? path.endsWith('.sql')
        : !dumps.test(path)
  if (fits && !accounts.test(path)) return
  throw new RedomaError('USAGE', `${path} is no database of ${names[kind]}`, {
    hint: accounts.test(path)
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
