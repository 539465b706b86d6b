import { locationOf } from '../../ports/destination-spec.ts'
import type { RepositoryAccess, SourcedRecord } from './bundle-input.ts'

/** How a shell gets at a repository with stock programs. */
export interface WayToRepository {
  /** Lines for a POSIX shell, to be done first. */
  readonly before: readonly string[]
  /** Value of `RESTIC_REPOSITORY`. */
  readonly repository: string
}

export function wayToRepository(
  { spec, prefix }: RepositoryAccess,
  records: readonly SourcedRecord[],
): WayToRepository {
  const location = locationOf(spec)
  const below = (place: string, folder = ''): string =>
    [place, folder, prefix].join('/').replaceAll(/\/+/g, '/').replace(/\/$/, '')
  switch (spec.kind) {
    case 'local':
      return { before: [], repository: below(spec.path) }
    case 'cifs': {
      const options = [
        ...(spec.security === 'krb5' ? ['sec=krb5'] : [`username=${userOf(spec.credential, records)}`]),
        ...(spec.domain === undefined ? [] : [`domain=${spec.domain}`]),
        ...(spec.port === undefined ? [] : [`port=${spec.port}`]),
        `vers=${spec.version}`,
        ...(spec.seal ? ['seal'] : []),
      ]
      const share = `//${spec.host}/${spec.share}`
      return {
        before: [
          ...credentialNote(spec.credential, records),
          `mount -t cifs ${quoted(share)} /mnt -o ${quoted(options.join(','))}`,
        ],
        repository: below('/mnt', spec.folder),
      }
    }
    case 'nfs': {
      const port = spec.port === undefined ? '' : `,port=${spec.port}`
      const host = spec.host.includes(':') ? `[${spec.host}]` : spec.host
      const options = `vers=${spec.version},sec=${spec.security}${port}`
      return {
        before: [`mount -t nfs ${quoted(`${host}:${spec.export}`)} /mnt -o ${quoted(options)}`],
        repository: below('/mnt', spec.folder),
      }
    }
    case 'rsync': {
      const host = spec.host.includes(':') ? `[${spec.host}]` : spec.host
      const ssh = [
        'ssh',
        ...(spec.port === undefined ? [] : ['-p', String(spec.port)]),
        ...(spec.jump === undefined ? [] : ['-J', spec.jump]),
      ].join(' ')
      const there = `${spec.user}@${host}:${below('/', spec.folder)}/`
      return {
        before: [
          '# Log in with a key that the account accepts; the disks of that machine will do, too. This takes all of it:',
          `rsync -a -e ${quoted(ssh)} ${quoted(there)} /some/room/for/it/`,
        ],
        repository: '/some/room/for/it',
      }
    }
    case 's3':
      return {
        before: [
          ...credentialNote(spec.credential, records),
          ...(spec.caFile === undefined
            ? []
            : [`# Its authority: restic --cacert, with what was in ${spec.caFile}`]),
          "export AWS_ACCESS_KEY_ID='…' AWS_SECRET_ACCESS_KEY='…'",
          `export AWS_DEFAULT_REGION=${quoted(spec.region)}`,
        ],
        repository: `s3:${location}/${prefix}`.replace(/\/$/, ''),
      }
  }
}

/** For a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function credentialNote(id: string | undefined, records: readonly SourcedRecord[]): string[] {
  const found = recordOf(id, records)
  if (id === undefined) return []
  const title = found === undefined ? '' : ` ${JSON.stringify(found.record.title)}`
  return [`# User and secret are those of the credential${title} (id ${id}) in secrets.csv.`]
}

function userOf(id: string | undefined, records: readonly SourcedRecord[]): string {
  return recordOf(id, records)?.record.user ?? 'USER'
}

function recordOf(id: string | undefined, records: readonly SourcedRecord[]): SourcedRecord | undefined {
  return id === undefined ? undefined : records.find(({ record }) => record.id === id)
}
