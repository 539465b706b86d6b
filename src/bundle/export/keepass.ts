import kdbxweb from 'kdbxweb'
import { collectBytes } from '../../core/bytes.ts'
import type { Secret } from '../../core/secret.ts'
import { kdbxArgon2 } from '../../crypto/kdbx-argon2.ts'
import type { CredentialRecord } from '../../ports/credential.ts'

/** RFC 9106, the second recommended option but for the lanes, which JavaScript has no use for: it takes about three seconds then. */
const memoryBytes = 64 * 1024 * 1024
const passes = 3

/**
 * A KeePass database (KDBX 4: AES-256, Argon2id) of the credentials, with folders as groups, former values as history,
 * attachments, and TOTP seeds as KeePassXC keeps them. What KeePass has no place for is in fields of the entry.
 */
export async function keepassDatabase(
  records: readonly CredentialRecord[],
  name: string,
  password: Secret,
): Promise<Uint8Array> {
  kdbxweb.CryptoEngine.setArgon2Impl(kdbxArgon2)
  const value = kdbxweb.ProtectedValue.fromString(password.reveal())
  const database = kdbxweb.Kdbx.create(new kdbxweb.Credentials(value), name)
  database.setKdf(kdbxweb.Consts.KdfId.Argon2id)
  const { kdfParameters } = database.header
  kdfParameters?.set('M', kdbxweb.VarDictionary.ValueType.UInt64, kdbxweb.Int64.from(memoryBytes))
  kdfParameters?.set('I', kdbxweb.VarDictionary.ValueType.UInt64, kdbxweb.Int64.from(passes))
  // All that there is: -1 means no limit.
  Object.assign(database.meta, { historyMaxItems: -1, historyMaxSize: -1 })
  const groups = new Map([['', database.getDefaultGroup()]])
  for (const record of records) await addEntry(database, groupOf(database, groups, record.folder), record)
  return new Uint8Array(await database.save())
}

/** The group of a folder `network/core`, made with those around it where it is not there yet. */
function groupOf(
  database: kdbxweb.Kdbx,
  groups: Map<string, kdbxweb.KdbxGroup>,
  folder = '',
): kdbxweb.KdbxGroup {
  const known = groups.get(folder)
  if (known !== undefined) return known
  const slash = folder.lastIndexOf('/')
  const parent = groupOf(database, groups, folder.slice(0, Math.max(0, slash)))
  const group = database.createGroup(parent, folder.slice(slash + 1))
  groups.set(folder, group)
  return group
}

async function addEntry(
  database: kdbxweb.Kdbx,
  group: kdbxweb.KdbxGroup,
  record: CredentialRecord,
): Promise<void> {
  const entry = database.createEntry(group)
  for (const [name, value] of plainFields(record)) if (value !== undefined) entry.fields.set(name, value)
  for (const [name, value] of hiddenFields(record)) {
    if (value !== undefined) entry.fields.set(name, kdbxweb.ProtectedValue.fromString(value))
  }
  for (const { name, value } of record.fields) {
    entry.fields.set(unusedName(name, entry.fields), kdbxweb.ProtectedValue.fromString(value.reveal()))
  }
  entry.tags = [...record.tags]
  for (const attachment of record.attachments) {
    const { name, size } = attachment
    const content = Uint8Array.from(await collectBytes(attachment.open(), size)).buffer
    entry.binaries.set(unusedName(name, entry.binaries), await database.createBinary(content))
  }
  entry.times.creationTime = record.createdAt ?? record.changedAt ?? new Date(0)
  addVersions(entry, record)
}

/** Where KeePass, or another field, has that name already: `Password (2)`. Of two of one name it would keep the last. */
function unusedName(name: string, used: ReadonlyMap<string, unknown>): string {
  const isUsed = (one: string): boolean => used.has(one) || ownNames.has(one)
  if (!isUsed(name)) return name
  for (let number = 2; ; number++) if (!isUsed(`${name} (${number})`)) return `${name} (${number})`
}

/** What comes after the fields, or means something to KeePassXC; all others are there before. */
const ownNames: ReadonlySet<string> = new Set(['Password', 'otp'])

function plainFields(record: CredentialRecord): [string, string | undefined][] {
  return [
    ['Title', record.title],
    ['UserName', record.user ?? ''],
    ['URL', record.url ?? record.host ?? ''],
    ['kind', record.kind === 'password' ? undefined : record.kind],
    ['host', record.url === undefined ? undefined : record.host],
    ['port', record.port?.toString()],
    ['database', record.database],
    ['owner', record.owner],
  ]
}

function hiddenFields(record: CredentialRecord): [string, string | undefined][] {
  const notes = [record.kind === 'note' ? record.secret : undefined, record.notes]
  return [
    ['Notes', notes.flatMap((text) => text?.reveal() ?? []).join('\n\n')],
    ['otp', record.totp === undefined ? undefined : otpauthOf(record.title, record.totp.reveal())],
  ]
}

/** As KeePassXC keeps it: always a URI. */
function otpauthOf(title: string, seed: string): string {
  if (seed.trim().toLowerCase().startsWith('otpauth:')) return seed.trim()
  const secret = seed.replaceAll(/[\s=-]/g, '').toUpperCase()
  return `otpauth://totp/${encodeURIComponent(title)}?secret=${encodeURIComponent(secret)}`
}

/** KeePass keeps whole former entries, oldest first, each with the time when it was last changed. */
function addVersions(entry: kdbxweb.KdbxEntry, record: CredentialRecord): void {
  let since = entry.times.creationTime
  for (const former of record.history.toReversed()) {
    setPassword(entry, former.secret, former.since ?? since)
    entry.pushHistory()
    since = former.until
  }
  setPassword(entry, record.kind === 'note' ? undefined : record.secret, record.changedAt ?? since)
}

function setPassword(entry: kdbxweb.KdbxEntry, secret: Secret | undefined, since: Date | undefined): void {
  entry.fields.set('Password', kdbxweb.ProtectedValue.fromString(secret?.reveal() ?? ''))
  entry.times.lastModTime = since
}
