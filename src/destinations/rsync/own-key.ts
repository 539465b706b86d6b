import { randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { openSshPrivateKey, publicLineOf } from '../../crypto/openssh-key.ts'
import { generateSigningKey } from '../../crypto/ssh-signature.ts'

export interface OwnSshKey {
  /** Of the private key's file, for `ssh -i`. */
  readonly path: string
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string
}

const longestKeyBytes = 64 * 1024

/** Of the private key in the instance's folder. */
export function ownKeyPath(home: string): string {
  return join(home, 'ssh', 'id_ed25519')
}

/**
 * The key by which the instance logs in at servers; made, and safe on the disk, when there is none. One that is there is never
 * replaced: servers know it. An operator may put another there, of any type, without a passphrase.
 *
 * @throws RedomaError `KEY_WRONG` when it is somebody else's, readable by others, or protected by a passphrase; `FORMAT_UNKNOWN`
 */
export async function ownSshKey(home: string): Promise<OwnSshKey> {
  const path = ownKeyPath(home)
  const found = await readKey(path)
  if (found !== undefined) return { path, publicKey: publicLineOf(found) }
  await makeKey(home, path)
  const made = await readKey(path)
  if (made === undefined) throw new RedomaError('INTERNAL', `${path} vanished`)
  return { path, publicKey: publicLineOf(made) }
}

/** Beside its place, durable, and only then there: a key of which a server was told must not be gone after a loss of power. */
async function makeKey(home: string, path: string): Promise<void> {
  const folder = join(home, 'ssh')
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error
  })
  const temporary = `${path}.${randomUUID()}.new`
  try {
    await writeNew(temporary, openSshPrivateKey(generateSigningKey(), 'redoma'))
    await link(temporary, path).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error
    })
  } finally {
    await rm(temporary, { force: true })
  }
  for (const changed of [folder, home]) {
    await using handle = await open(changed, 'r')
    await handle.sync()
  }
}

async function writeNew(path: string, key: Secret): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(key.reveal())
  await file.sync()
}

async function readKey(path: string): Promise<Secret | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    const why = systemCode(error) ?? 'unknown'
    throw new RedomaError('KEY_WRONG', `${path} cannot be read (${why})`, { cause: error })
  })
  if (file === undefined) return undefined
  try {
    await checkOwner(file, path)
    return new Secret(await file.readFile('utf8'))
  } finally {
    await file.close()
  }
}

async function checkOwner(file: FileHandle, path: string): Promise<void> {
  const { mode, uid, size } = await file.stat()
  if (process.geteuid !== undefined && uid !== process.geteuid()) {
    const hint = 'Run redoma as the user that the instance belongs to.'
    throw new RedomaError('KEY_WRONG', `${path} belongs to another user`, { hint })
  }
  if ((mode & 0o077) !== 0) {
    const hint = `Run: chmod 600 ${path}`
    throw new RedomaError('KEY_WRONG', `${path} can be read or written by others than its owner`, { hint })
  }
  if (size > longestKeyBytes) throw new RedomaError('FORMAT_UNKNOWN', `${path} is too long for a key`)
}
