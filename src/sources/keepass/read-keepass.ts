import kdbxweb from 'kdbxweb'
import { collectBytes } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { kdbxArgon2 } from '../../crypto/kdbx-argon2.ts'
import type { ReadCredentials } from '../../ports/credential-reader.ts'
import { rowFrom } from '../credential-row.ts'
import { credentialOf } from './credential-of.ts'
import { checkHeader } from './header.ts'

const fileLimitBytes = 128 * 1024 * 1024

kdbxweb.CryptoEngine.setArgon2Impl(kdbxArgon2)

/** A KeePass database (KDBX 4, or 3.1 as `keepassxc-cli` still writes it), opened with its password and, where it has one, its key file. */
export function keepassReader(password: Secret, keyFile?: Uint8Array): ReadCredentials {
  return async function* (file) {
    const database = await openDatabase(exact(await collectBytes(file, fileLimitBytes)), password, keyFile)
    let line = 0
    for (const { entry, folders } of entriesOf(database)) {
      line++
      yield rowFrom(line, () => credentialOf(entry, folders))
    }
  }
}

async function openDatabase(
  data: ArrayBuffer,
  password: Secret,
  keyFile: Uint8Array | undefined,
): Promise<kdbxweb.Kdbx> {
  try {
    checkHeader(data)
    const value = kdbxweb.ProtectedValue.fromString(password.reveal())
    const credentials = new kdbxweb.Credentials(value, keyFile === undefined ? null : exact(keyFile))
    return await kdbxweb.Kdbx.load(data, credentials)
  } catch (error) {
    throw error instanceof RedomaError ? error : unreadable(error)
  }
}

function unreadable(error: unknown): RedomaError {
  const code = error instanceof kdbxweb.KdbxError ? error.code : undefined
  if (code === 'InvalidKey') {
    return new RedomaError('KEY_WRONG', 'password or key file do not open the KeePass database')
  }
  if (code === 'BadSignature') return new RedomaError('FORMAT_UNKNOWN', 'the file is not a KeePass database')
  // No cause: what a parser says of damaged XML may quote a secret.
  return new RedomaError(
    'DATA_DAMAGED',
    `the KeePass database cannot be read (${code ?? 'its content is damaged'})`,
  )
}

interface FoundEntry {
  readonly entry: kdbxweb.KdbxEntry
  /** Names of the groups around it, the outermost first; the root group's own name says nothing. */
  readonly folders: readonly string[]
}

/** With a list of its own instead of recursion: how deep groups lie in groups, the file says. */
function* entriesOf(database: kdbxweb.Kdbx): Generator<FoundEntry> {
  const waiting = database.groups.map((group) => ({ group, folders: [] as readonly string[] }))
  for (;;) {
    const next = waiting.shift()
    if (next === undefined) return
    const { group, folders } = next
    for (const entry of group.entries) yield { entry, folders }
    waiting.unshift(
      ...group.groups.map((inner) => ({ group: inner, folders: [...folders, inner.name ?? ''] })),
    )
  }
}

/** A buffer of its own: kdbxweb reads whole buffers. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
