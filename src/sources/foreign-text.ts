import type { CredentialKind } from '../ports/credential.ts'

/** A title on one line, as other programs do not ask for. */
export function plainTitle(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 1000)
}

/** The path of a folder with `/` between its names; `undefined` at the top. */
export function plainFolder(text: string): string | undefined {
  return folderOf(text.split(/[/\\]/))
}

/** The path of these names; a `/` within one is written `_`. */
export function folderOf(names: readonly string[]): string | undefined {
  const path = names
    .map((name) => plainTitle(name).replaceAll('/', '_'))
    .filter((name) => name !== '')
    .join('/')
  return path === '' ? undefined : path
}

/** A name that is safe for a file, and not among those taken; it is among them afterwards. */
export function fileNameOf(text: string, taken: Set<string>): string {
  const plain = plainTitle(text).replace(/[/\\]/g, '_').slice(0, 200)
  const name = ['', '.', '..'].includes(plain) ? 'attachment' : plain
  let unique = name
  for (let number = 2; taken.has(unique); number++) unique = `${number}-${name}`
  taken.add(unique)
  return unique
}

const kinds: Readonly<Record<string, CredentialKind>> = {
  'ssh-key': 'ssh-key',
  sshkey: 'ssh-key',
  'access-key': 'access-key',
  token: 'token',
  database: 'database',
  note: 'note',
  securenote: 'note',
}

/** What another program calls the kind; a password, where it says nothing that we know. */
export function kindNamed(text: string | undefined): CredentialKind {
  return kinds[(text ?? '').toLowerCase().replace(/[\s_]/g, '')] ?? 'password'
}
