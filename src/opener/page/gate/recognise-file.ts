import { parseBundleName } from '../../../bundle/bundle-name.ts'

/** What a dropped file is for. */
export type FileRole =
  | 'bundle'
  | 'password-identity'
  | 'quorum-identity'
  | 'plain-identity'
  | 'share-list'
  | 'ledger'
  | 'drill'
  | 'unknown'

export interface KnownFile {
  readonly role: FileRole
  readonly name: string
  readonly file: Blob
  /** Of an identity or a list of cards of before: `identity.generation-2.password.age`. */
  readonly generation: number | undefined
  /** Of a bundle, from its name: what sorts bundles. */
  readonly sequence: number
}

const startBytes = 4096
const ageMagic = 'age-encryption.org/v1\n'
const armorLine = '-----BEGIN AGE ENCRYPTED FILE-----'

/** By what is in it first, as people rename files; by its name where the content does not tell. */
export async function recogniseFile(file: Blob, name: string): Promise<KnownFile> {
  const start = latin1(new Uint8Array(await file.slice(0, startBytes).arrayBuffer()))
  const [, generation] = /\.generation-(\d+)\./.exec(name) ?? []
  return {
    role: roleOf(start, name),
    name,
    file,
    generation: generation === undefined ? undefined : Number(generation),
    sequence: parseBundleName(name)?.sequence ?? 0,
  }
}

function roleOf(start: string, name: string): FileRole {
  const age = start.trimStart().startsWith(armorLine) ? decodedArmor(start.trimStart()) : start
  if (age.startsWith(ageMagic)) {
    if (!age.startsWith(`${ageMagic}-> scrypt `)) return 'bundle'
    return /quorum/i.test(name) ? 'quorum-identity' : 'password-identity'
  }
  if (/^AGE-SECRET-KEY-/m.test(start)) return 'plain-identity'
  const [, schema] = /"schema":\s*"redoma-(shares|drill)\/1"/.exec(start) ?? []
  if (schema === 'drill') return 'drill'
  if (schema === 'shares') return 'share-list'
  // The first line of a ledger names nothing before it.
  return start.startsWith('{') && start.includes(`"previous":"${'0'.repeat(64)}"`) ? 'ledger' : 'unknown'
}

function decodedArmor(text: string): string {
  const lines = text.split(/\r?\n/).slice(1, 16)
  const whole = lines.filter((line) => line.length === 64)
  try {
    return atob(whole.join(''))
  } catch {
    return ''
  }
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
