import { basename } from 'node:path'
import type { IdentityFile } from '../../app/find-identity-files.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import type { Context } from '../context.ts'

/** What asking takes of the program. */
export type Asking = Pick<Context, 'terminal' | 'signal'>

/** What is to be opened. */
export interface Wanted {
  /** A bundle, or a sealed recording: beside it identity files are looked for. */
  readonly path: string
  /** Of which generation it is, where something says so: that one's is tried first. */
  readonly generation?: number | undefined
  /** Whether any of these identities opens it. Left out: every key that opens is opened. */
  opens?(identities: readonly Secret[]): Promise<boolean>
}

/** An identity file and its content. */
export interface LoadedIdentityFile extends IdentityFile {
  readonly content: Uint8Array
}

/**
 * The identities that a passphrase opens in these files, which are tried in their order until one fits what is wanted. Each
 * generation has a passphrase of its own, so that only some open is usual.
 *
 * @param what the passphrase is called: "this password"
 * @throws RedomaError `KEY_WRONG`, and what `readIdentities` throws
 */
export async function openIdentityFiles(
  files: readonly LoadedIdentityFile[],
  ask: () => Promise<Secret>,
  what: string,
  wanted: Wanted,
): Promise<readonly Secret[]> {
  const opened: { readonly path: string; readonly identities: readonly Secret[] }[] = []
  let passphrase: Promise<Secret> | undefined
  for (const { path, content } of files) {
    const identities = await unlessWrong(readIdentities(content, () => (passphrase ??= ask())))
    if (identities === undefined) continue
    opened.push({ path, identities })
    if ((await wanted.opens?.(identities)) === true) return identities
  }
  if (opened.length === 0) throw opensNothing(files, what)
  if (wanted.opens !== undefined) throw anotherKey(opened, what)
  return opened.flatMap(({ identities }) => identities)
}

async function unlessWrong<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening
  } catch (error) {
    if (isRedomaError(error, 'KEY_WRONG')) return undefined
    throw error
  }
}

function opensNothing(files: readonly IdentityFile[], what: string): RedomaError {
  const names = files.map(({ path }) => basename(path))
  return new RedomaError(
    'KEY_WRONG',
    names.length === 1
      ? `${what} does not open ${names.join(', ')}`
      : `${what} opens none of ${names.join(', ')}`,
  )
}

/** As the right password to the wrong file reads else like a wrong password. */
function anotherKey(opened: readonly { readonly path: string }[], what: string): RedomaError {
  const names = opened.map(({ path }) => basename(path)).join(', ')
  return new RedomaError('KEY_WRONG', `${what} opens ${names}, which is not what this was sealed to`, {
    hint: 'It is of another generation: the identity file of that time opens it, with the password or the cards of that time.',
  })
}
