import { constants } from 'node:fs'
import { access, lstat, stat } from 'node:fs/promises'
import { RedomaError, systemCode } from '../core/errors.ts'
import type { SourceRecord, SourceSpec } from '../ports/catalogue.ts'
import { sourceSpec } from '../ports/specs.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { requireEntryName, usage } from './entry-name.ts'

/** The instance's own sources have these names, in runs and bundles. */
const reservedNames = ['registry', 'instance', 'catalogue', 'environment']

/**
 * Registers something to be copied, once it is seen to be there: a typing error would otherwise be an empty backup.
 *
 * @throws RedomaError `USAGE`, `SOURCE_UNREADABLE`, `ALREADY_EXISTS`
 */
export type AddSource = (name: string, spec: SourceSpec) => Promise<SourceRecord>

export function makeAddSource(deps: AuditedDeps): AddSource {
  return async (name, spec) => {
    requireEntryName('source', name)
    await requireUsable(name, spec)
    const source = { name, spec, createdAt: deps.clock.now() }
    await deps.catalogue.sources.add(source)
    await audit(deps, 'source.add', name, spec.kind)
    return source
  }
}

/** @throws RedomaError `USAGE`, `SOURCE_UNREADABLE` */
export async function requireUsable(name: string, spec: SourceSpec): Promise<void> {
  if (reservedNames.includes(name)) throw usage(`the name ${name} is the instance's own`)
  const parsed = sourceSpec.safeParse(spec)
  if (!parsed.success) throw usage(`the source: ${parsed.error.issues[0]?.message ?? ''}`)
  await requireReadable(spec)
}

async function requireReadable(spec: SourceSpec): Promise<void> {
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
    }
  }
}

function unreadable(path: string): (error: unknown) => never {
  return (error) => {
    throw new RedomaError('SOURCE_UNREADABLE', `${path} cannot be used (${systemCode(error) ?? 'unknown'})`, {
      hint: 'See that the path is right, and may be read by the user that Redoma runs as.',
      cause: error,
    })
  }
}
