import { RedomaError } from '../../core/errors.ts'
import type { CredentialJson } from '../../ports/credential-json.ts'
import { kindNamed, plainFolder, plainTitle } from '../foreign-text.ts'
import type { Column, ColumnName } from './columns.ts'

/** @throws RedomaError `DATA_DAMAGED` for a port or a title that is none */
export function credentialOf(
  columns: readonly Column[],
  values: readonly string[],
  idFor: (keys: readonly string[]) => string,
): CredentialJson {
  const own = (name: ColumnName): string | undefined => {
    const index = columns.findIndex((column) => column.kind === 'ours' && column.name === name)
    const value = values[index]
    return value === '' ? undefined : value
  }
  const title = plainTitle(own('title') ?? own('host') ?? own('url') ?? own('user') ?? '')
  const folder = plainFolder(own('folder') ?? '')
  const kind = own('kind')
  return {
    id: own('id') ?? idFor([folder ?? '', title, own('user') ?? '', own('host') ?? '', own('url') ?? '']),
    title,
    kind: kindNamed(kind),
    user: own('user'),
    secret: own('secret'),
    host: own('host'),
    port: portOf(own('port')),
    url: own('url'),
    database: own('database'),
    folder,
    owner: own('owner'),
    tags: tagsOf(own('tags')),
    notes: own('notes'),
    totp: own('totp'),
    fields: fieldsOf(columns, values),
    createdAt: timeOf(own('createdAt')),
    changedAt: timeOf(own('changedAt')),
  }
}

/** Hidden all of them: nobody has said which is a secret. */
function fieldsOf(columns: readonly Column[], values: readonly string[]): CredentialJson['fields'] {
  return columns.flatMap((column, index) => {
    const value = values[index] ?? ''
    return column.kind === 'field' && value !== ''
      ? [{ name: plainTitle(column.header), value, hidden: true }]
      : []
  })
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,5}$/.test(text.trim())) throw new RedomaError('DATA_DAMAGED', 'port: is not a number')
  return Number(text)
}

function tagsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(/[,;]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}

/** Only what is certain: `03/04/2026` is April in one country and March in another. */
function timeOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/.test(text)) return undefined
  const time = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
