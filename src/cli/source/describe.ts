import type { SourceSpec } from '../../ports/catalogue.ts'
import type { ServerSpec } from '../../ports/database.ts'
import { formatBytes } from '../figures.ts'
import { printable } from '../printable.ts'

/** One line about what a source is. */
export function describeSource(spec: SourceSpec): string {
  switch (spec.kind) {
    case 'files':
      return [
        `files of ${spec.paths.map(printable).join(' ')}`,
        ...(spec.exclude.length > 0 ? [`without ${spec.exclude.map(printable).join(' ')}`] : []),
        ...(spec.excludeLargerThanBytes === undefined
          ? []
          : [`without files above ${formatBytes(spec.excludeLargerThanBytes)}`]),
        ...(spec.excludeCaches ? ['without caches'] : []),
        ...(spec.oneFileSystem ? ['of one file system'] : []),
      ].join(', ')
    case 'recordings':
      return `recordings in ${printable(spec.path)}`
    case 'command':
      return `secrets from ${spec.argv.map(printable).join(' ')}`
    case 'postgresql':
      return `PostgreSQL at ${describeServer(spec)}`
    case 'mariadb':
      return `MariaDB at ${describeServer(spec)}`
    case 'sqlite':
      return `SQLite database ${printable(spec.path)}`
  }
}

function describeServer({ host, port, user, databases, accounts, runAs }: ServerSpec): string {
  const at = port === undefined ? host : `${host}:${port}`
  return [
    `${printable(at)} as ${printable(user)}`,
    databases === undefined ? 'every database' : `database ${databases.map(printable).join(', ')}`,
    ...(accounts ? [] : ['without accounts']),
    ...(runAs === undefined ? [] : [`run as ${runAs}`]),
  ].join(', ')
}
