import { basename } from 'node:path'
import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import { askSecret } from '../ask.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'
import type { LoadedIdentityFile, Wanted } from './ask-identities.ts'

/** A person who mistypes types again; a script does not. */
const attempts = 5

/**
 * The identities in `files` that the master password opens: it is asked for once, and tried on the files in their order. Each
 * generation has a password of its own, so that only some open is usual.
 *
 * @param passwordFile where it stands; else it is typed, again when it was mistyped
 * @throws RedomaError `KEY_WRONG`, and what `readIdentities` throws
 */
export async function askPassword(
  terminal: Terminal,
  passwordFile: string | undefined,
  files: readonly LoadedIdentityFile[],
  wanted: Wanted,
): Promise<readonly Secret[]> {
  const isTyped = terminal.interactive && passwordFile === undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryPassword(() => askSecret(terminal, { prompt: 'Master password', file: passwordFile }))
    } catch (error) {
      if (!isTyped || attempt === attempts || !isRedomaError(error, 'KEY_WRONG')) throw error
      terminal.note(`${terminal.noteStyle.red('✗')} ${printable(messageOf(error))}. Once more; Ctrl-C ends.`)
    }
  }

  async function tryPassword(ask: () => Promise<Secret>): Promise<readonly Secret[]> {
    const opened: { readonly path: string; readonly identities: readonly Secret[] }[] = []
    let password: Promise<Secret> | undefined
    for (const { path, content } of files) {
      const identities = await unlessWrong(readIdentities(content, () => (password ??= ask())))
      if (identities === undefined) continue
      opened.push({ path, identities })
      if ((await wanted.opens?.(identities)) === true) return identities
    }
    if (opened.length === 0) throw opensNothing(files)
    if (wanted.opens !== undefined) throw anotherKey(opened.map(({ path }) => path))
    return opened.flatMap(({ identities }) => identities)
  }
}

async function unlessWrong<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening
  } catch (error) {
    if (isRedomaError(error, 'KEY_WRONG')) return undefined
    throw error
  }
}

function opensNothing(files: readonly LoadedIdentityFile[]): RedomaError {
  const [only, ...others] = files.map(({ path }) => basename(path))
  return new RedomaError(
    'KEY_WRONG',
    others.length === 0
      ? `this password does not open ${only ?? 'the identity file'}`
      : `this password opens none of ${[only, ...others].join(', ')}`,
  )
}

/** As the right password to the wrong file reads else like a wrong password. */
function anotherKey(paths: readonly string[]): RedomaError {
  return new RedomaError(
    'KEY_WRONG',
    `the password is right for ${paths.map((path) => basename(path)).join(', ')}, which is not what this was sealed to`,
    { hint: 'It is of another generation: its identity file, and the password of that time, open it.' },
  )
}
