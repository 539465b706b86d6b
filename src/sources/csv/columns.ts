import { RedomaError } from '../../core/errors.ts'
import type { ColumnMapping } from '../../ports/credential-reader.ts'

/** What a column can be to us. */
const columnNames = [
  'id',
  'title',
  'kind',
  'user',
  'secret',
  'host',
  'port',
  'url',
  'database',
  'folder',
  'owner',
  'tags',
  'notes',
  'totp',
  'createdAt',
  'changedAt',
] as const

export type ColumnName = (typeof columnNames)[number]

/** What a column is: one of ours, one that says nothing of the credential, or a custom field. */
export type Column =
  | { readonly kind: 'ours'; readonly name: ColumnName }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'field'; readonly header: string }

/**
 * What other programs call them: KeePass 2, KeePassXC, Bitwarden, LastPass, 1Password, Dashlane, Chrome, Firefox, Safari,
 * and hand-made sheets. Without spaces, hyphens and underscores, in lower case.
 */
const synonyms: Readonly<Record<ColumnName, readonly string[]>> = {
  id: ['id', 'uuid', 'guid'],
  title: ['title', 'name', 'account', 'accountname', 'entry', 'item', 'itemname', 'label', 'service'],
  kind: ['kind', 'type'],
  user: ['user', 'username', 'login', 'loginname', 'loginusername', 'userid', 'email'],
  secret: ['secret', 'password', 'pass', 'loginpassword', 'passwd', 'pwd'],
  host: ['host', 'hostname', 'server', 'address', 'ip', 'ipaddress'],
  port: ['port'],
  url: ['url', 'uri', 'loginuri', 'website', 'websiteurl', 'web'],
  database: ['database', 'db', 'dbname'],
  folder: ['folder', 'group', 'grouping', 'path', 'collection', 'collections', 'category', 'vault'],
  owner: ['owner', 'responsible'],
  tags: ['tags', 'tag'],
  notes: ['notes', 'note', 'comment', 'comments', 'extra', 'description'],
  totp: ['totp', 'otp', 'otpauth', 'otpurl', 'otpsecret', 'logintotp', '2fa'],
  createdAt: ['createdat', 'created', 'creationtime', 'creationdate'],
  changedAt: ['changedat', 'changed', 'modified', 'lastmodified', 'lastmodificationtime', 'updated'],
}

const ignored = ['icon', 'fav', 'favorite', 'favourite', 'reprompt', 'archived']

/**
 * What each column of the header is. `mapping` goes first; a name that is taken makes a custom field of the next that
 * would have it, so that nothing is lost.
 *
 * @throws RedomaError `USAGE` when the mapping names a column that is not there, or that we do not have
 */
export function recogniseColumns(header: readonly string[], mapping: ColumnMapping): Column[] {
  const columns = new Map<number, Column>()
  const taken = new Set<ColumnName>()
  const take = (index: number, name: ColumnName) => {
    columns.set(index, { kind: 'ours', name })
    taken.add(name)
  }
  for (const [name, wanted] of Object.entries(mapping)) take(indexOf(header, wanted), parseColumnName(name))
  for (const [index, text] of header.entries()) {
    const name = ownNameOf(text)
    if (!columns.has(index) && name !== undefined && !taken.has(name)) take(index, name)
  }
  return header.map((text, index) => columns.get(index) ?? otherColumn(text))
}

function otherColumn(text: string): Column {
  return ignored.includes(plain(text)) ? { kind: 'ignored' } : { kind: 'field', header: text.trim() }
}

function ownNameOf(text: string): ColumnName | undefined {
  return columnNames.find((name) => synonyms[name].includes(plain(text)))
}

function parseColumnName(text: string): ColumnName {
  const name = columnNames.find((candidate) => candidate === text)
  if (name !== undefined) return name
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is no column of ours`, {
    hint: `They are: ${columnNames.join(', ')}`,
  })
}

function indexOf(header: readonly string[], wanted: string): number {
  const index = header.findIndex((text) => text.trim().toLowerCase() === wanted.trim().toLowerCase())
  if (index >= 0) return index
  throw new RedomaError('USAGE', `the file has no column ${JSON.stringify(wanted)}`)
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '')
}
