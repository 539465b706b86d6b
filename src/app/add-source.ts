import { constants } from 'node:fs'
import { access, lstat, stat } from 'node:fs/promises'
import { RedomaError, systemCode } from '../core/errors.ts'
import type { SourceRecord, SourceSpec } from '../ports/catalogue.ts'
import type { DatabaseSource, DatabaseSpec } from '../ports/database.ts'
import { sourceSpec } from '../ports/specs.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { requireEntryName, usage } from './entry-name.ts'
import { type PrivateFolders, pathsOf, refusePrivate } from './private-folders.ts'

/** The instance's own sources have these names, in runs and bundles. */
const reservedNames = ['registry', 'instance', 'catalogue', 'environment']

/**
 * Registers something to be copied, once it is seen to be there: a typing error would otherwise be an empty backup.
 *
 * @throws RedomaError `USAGE`, `SOURCE_UNREADABLE`, `ALREADY_EXISTS`
 */
export type AddSource = (name: string, spec: SourceSpec) => Promise<SourceRecord>

export interface AddSourceDeps extends AuditedDeps, PrivateFolders {
  readonly databaseSource: (spec: DatabaseSpec) => DatabaseSource
}

export function makeAddSource(deps: AddSourceDeps): AddSource {
  return async (name, spec) => {
    requireEntryName('source', name)
    await requireUsable(deps, name, spec)
    const source = { name, spec, createdAt: deps.clock.now() }
    await deps.catalogue.sources.add(source)
    await audit(deps, 'source.add', name, spec.kind)
    return source
  }
}

/** @throws RedomaError `USAGE`, `SOURCE_UNREADABLE` */
export async function requireUsable(
  deps: PrivateFolders & Pick<AddSourceDeps, 'databaseSource'>,
  name: string,
  spec: SourceSpec,
): Promise<void> {
  if (reservedNames.includes(name)) throw usage(`the name ${name} is the instance's own`)
  const parsed = sourceSpec.safeParse(spec)
  if (!parsed.success) throw usage(`the source: ${parsed.error.issues[0]?.message ?? ''}`)
  await refusePrivate(deps, pathsOf(spec))
  await requireReadable(deps, spec)
}

async function requireReadable(
  { databaseSource }: Pick<AddSourceDeps, 'databaseSource'>,
  spec: SourceSpec,
): Promise<void> {
  switch (spec.kind) {
    case 'files':
      for (const path of spec.paths) await lstat(path).catch(unreadable(path))
      return
    case 'recordings': {
      const found = await stat(spec.path).catch(unreadable(spec.path))
      if (!found.isDirectory()) throw usage(`${spec.path} is not a folder`)
      return
    }
    case 'command': {
      const [program = ''] = spec.argv
      // A name without a path would depend on the PATH of whoever starts the backup.
      if (!program.startsWith('/')) throw usage(`the program must be named by its whole path, not ${program}`)
      await access(program, constants.X_OK).catch(unreadable(program))
      return
    }
    case 'sqlite':
      await access(spec.path, constants.R_OK).catch(unreadable(spec.path))
      return
    case 'postgresql':
    case 'mariadb':
      await requireDumps(databaseSource(spec))
  }
}

const longestListingMs = 60_000

/** The server lets us in, and has something to dump. */
async function requireDumps(source: DatabaseSource): Promise<void> {
  const dumps = await Array.fromAsync(source.dumps(AbortSignal.timeout(longestListingMs)))
  if (dumps.length > 0) return
  throw new RedomaError('SOURCE_EMPTY', 'the server has no database that could be backed up')
}

function unreadable(path: string): (error: unknown) => never {
  return (error) => {
    throw new RedomaError('SOURCE_UNREADABLE', `${path} cannot be used (${systemCode(error) ?? 'unknown'})`, {
      hint: 'See that the path is right, and may be read by the user that Redoma runs as.',
      cause: error,
    })
  }
}
