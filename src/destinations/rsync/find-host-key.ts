import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../core/errors.ts'
import type { RsyncSpec } from '../../ports/destination-spec.ts'
import { sshFailure } from './failures.ts'
import { fingerprintOf, parseHostKey } from './host-key.ts'
import { runProgram } from './run-program.ts'
import {
  connectMs,
  foundName,
  keyName,
  knownHostsName,
  knownJumpHosts,
  lookingWords,
  parseJump,
  type SshPlace,
} from './ssh-words.ts'

export interface FoundHostKey {
  /** `ssh-ed25519 AAAA…`, as a spec pins it. */
  readonly key: string
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string
}

/**
 * The strongest key that a host shows, for a person to compare: whoever is in between could show another. Nobody logs in there; at a jump
 * host, which is held to its pinned keys, the instance does. The jump host's own: `hostKeyOfJump`.
 *
 * @param folder of the instance, for files while it lasts
 * @throws RedomaError `DESTINATION_UNREACHABLE`, `HOST_KEY_CHANGED` and `DESTINATION_FORBIDDEN` of the jump host; `USAGE`
 */
export async function findHostKey(
  place: SshPlace & Pick<RsyncSpec, 'jumpHostKeys'>,
  { folder, keyPath }: { readonly folder: string; readonly keyPath: string },
  signal: AbortSignal,
): Promise<FoundHostKey> {
  const at = await mkdtemp(join(folder, 'looking-'))
  try {
    await writeFile(join(at, knownHostsName), knownJumpHosts(place), { mode: 0o600 })
    await symlink(keyPath, join(at, keyName))
    const limited = AbortSignal.any([signal, AbortSignal.timeout(connectMs)])
    const program = { name: 'ssh', words: lookingWords(place), folder: at } as const
    const ended = await runProgram(program, limited).catch((error: unknown) => {
      signal.throwIfAborted()
      if (limited.aborted) throw sshFailure(place.host, 'timed out')
      throw error
    })
    const found = await readUnlessAbsent(join(at, foundName))
    const [, key] = /^\S+ (\S+ \S+)/.exec(found) ?? []
    if (key === undefined) throw sshFailure(place.host, ended.complaints)
    return { key: parseHostKey(key), fingerprint: fingerprintOf(key) }
  } finally {
    await rm(at, { recursive: true, force: true })
  }
}

/** Of the jump host of a spec; as `findHostKey`. @param jump `USER@HOST:PORT` */
export function findHostKeyOfJump(
  jump: string,
  deps: Parameters<typeof findHostKey>[1],
  signal: AbortSignal,
): Promise<FoundHostKey> {
  return findHostKey(parseJump(jump), deps, signal)
}

async function readUnlessAbsent(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw error
  }
}
