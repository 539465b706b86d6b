import { basename } from 'node:path'
import type { IdentityFile } from '../../app/find-identity-files.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import type { Context } from '../context.ts'
import { printable } from '../printable.ts'

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
  terminal: Asking['terminal'],
): Promise<readonly Secret[]> {
  const opened: {
    readonly path: string
    readonly identities: readonly Secret[]
    readonly isPlain: boolean
  }[] = []
  const problems: unknown[] = []
  let passphrase: Promise<Secret> | undefined
  const saying = (given: Secret): Secret => {
    // Who sees nothing happen types on.
    if (terminal.interactive) terminal.note('Making the key. This takes some seconds, on purpose.')
    return given
  }
  for (const { path, content } of files) {
    let asked = 0
    const askOnce = (): Promise<Secret> => {
      asked += 1
      return (passphrase ??= ask().then(saying))
    }
    try {
      const identities = await readIdentities(content, askOnce)
      opened.push({ path, identities, isPlain: asked === 0 })
    } catch (error) {
      // Another file may open it: whoever holds the copy could else shut it with one that is damaged.
      if (!isFaultOfFile(error)) throw error
      problems.push(error)
      continue
    }
    const { identities = [] } = opened.at(-1) ?? {}
    if ((await wanted.opens?.(identities)) !== true) continue
    if (asked === 0) warnOfPlain(terminal, path)
    return identities
  }
  if (opened.length === 0) {
    const isWrong = problems.length === 0 || problems.some((error) => isRedomaError(error, 'KEY_WRONG'))
    throw isWrong ? opensNothing(files, what) : problems[0]
  }
  if (wanted.opens !== undefined) throw anotherKey(opened, what)
  for (const { path, isPlain } of opened) if (isPlain) warnOfPlain(terminal, path)
  return opened.flatMap(({ identities }) => identities)
}

/** A copy that somebody made up from the first byte to the last opens without any secret of ours. */
function warnOfPlain(terminal: Asking['terminal'], path: string): void {
  terminal.note(
    terminal.noteStyle.red(
      `No password and no card was needed: ${printable(basename(path))} is not protected, so whoever had this copy may have put his own there, and all else. Compare the fingerprint with your card before you use anything of it.`,
    ),
  )
}

function isFaultOfFile(error: unknown): boolean {
  const codes = ['KEY_WRONG', 'DATA_DAMAGED', 'FORMAT_UNKNOWN', 'LIMIT_EXCEEDED'] as const
  return codes.some((code) => isRedomaError(error, code))
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
